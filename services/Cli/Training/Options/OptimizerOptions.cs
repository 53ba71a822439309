using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;
using static System.FormattableString;

namespace Cluster.Cli.Training.Options;

/// <summary>How parameters follow from gradients.</summary>
internal sealed class OptimizerOptions : ITrainOptionGroup
{
    private readonly Option<string?> _optimizer = ValueOptions.OptionalName(
        "--optimizer", $"The update rule. Default: {TrainingDefaults.Optimizer}.", TrainingNames.Optimizers);

    private readonly Option<float?> _learningRate = ValueOptions.OptionalReal(
        "--learning-rate",
        Invariant($"Size of an update, above 0. {TrainingDefaults.Text(d => d.AdagradRate).TrimEnd('.')}; with --optimizer sgd {TrainingDefaults.SgdRate}. ")
            + Invariant($"With momentum and nesterov {TrainingDefaults.SgdRate}, adam and adamw {TrainingDefaults.AdamRate}, ")
            + Invariant($"ftrl {TrainingDefaults.FtrlRate}."),
        isPositive: true);

    private readonly Option<float?> _initialAccumulator = ValueOptions.OptionalReal(
        "--initial-accumulator", Invariant($"Adagrad's sum of squares before the first step, above 0. Default: {TrainingDefaults.InitialAccumulator}."),
        isPositive: true);

    private readonly IReadOnlyList<(OptimizerSetting Setting, Option<float?> Option)> _settings = [.. OptimizerSetting.All.Select(s => (s, OptionFor(s)))];

    public void AddTo(Command command)
    {
        _initialAccumulator.Validators.Add(RequireAdagrad);
        command.Options.Add(_optimizer);
        command.Options.Add(_learningRate);
        command.Options.Add(_initialAccumulator);
        foreach (var (setting, option) in _settings)
        {
            option.Validators.Add(result => Require(result, setting.Optimizers));
            command.Options.Add(option);
        }
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec)
    {
        var optimizer = parsed.GetValue(_optimizer) ?? TrainingDefaults.Optimizer;
        var read = spec with
        {
            Optimizer = optimizer,
            LearningRate = parsed.GetValue(_learningRate) ?? TrainingDefaults.For(spec).LearningRate(optimizer),
            InitialAccumulator = parsed.GetValue(_initialAccumulator) ?? TrainingDefaults.InitialAccumulator,
        };
        return _settings.Aggregate(read, (s, entry) => entry.Setting.Write(s, parsed.GetValue(entry.Option)));
    }

    private static Option<float?> OptionFor(OptimizerSetting setting)
    {
        var name = OptionName(setting.Name);
        var having = setting.Optimizers.Count > 2 ? $"all but {TrainingNames.AdamW}" : string.Join(" and ", setting.Optimizers);
        var limit = setting.Limit.Replace("must be ", "", StringComparison.Ordinal);
        var value = setting.Default.ToString(CultureInfo.InvariantCulture);
        return ValueOptions.OptionalReal(name, $"{setting.Meaning}, {limit}. Of {having}. Default: {value}.", setting.IsWithin, setting.Limit);
    }

    /// <summary><c>weightDecay</c> is <c>--weight-decay</c>, as where the cluster names a field.</summary>
    private static string OptionName(string field)
        => "--" + string.Concat(field.Select(c => char.IsAsciiLetterUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));

    private void RequireAdagrad(OptionResult accumulator) => Require(accumulator, [TrainingNames.Adagrad]);

    private void Require(OptionResult option, IReadOnlyList<string> optimizers)
    {
        if (option.Tokens is not [{ Value: var text }]) return;
        var optimizer = option.GetResult(_optimizer)?.Tokens is [{ Value: var name }] ? name : TrainingDefaults.Optimizer;
        if (TrainingNames.Optimizers.Contains(optimizer) && !optimizers.Contains(optimizer))
            option.AddError($"{option.Option.Name}: {text}: cannot be given with --optimizer {optimizer}, which has none");
    }
}
