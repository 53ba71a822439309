using System.CommandLine;
using System.CommandLine.Parsing;
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
        Invariant($"Size of an update, above 0. {TrainingDefaults.Text(d => d.AdagradRate).TrimEnd('.')}; with --optimizer sgd {TrainingDefaults.SgdRate}."),
        isPositive: true);

    private readonly Option<float?> _initialAccumulator = ValueOptions.OptionalReal(
        "--initial-accumulator", Invariant($"Adagrad's sum of squares before the first step, above 0. Default: {TrainingDefaults.InitialAccumulator}."), isPositive: true);

    public void AddTo(Command command)
    {
        _initialAccumulator.Validators.Add(RequireAdagrad);
        command.Options.Add(_optimizer);
        command.Options.Add(_learningRate);
        command.Options.Add(_initialAccumulator);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec)
    {
        var optimizer = parsed.GetValue(_optimizer) ?? TrainingDefaults.Optimizer;
        return spec with
        {
            Optimizer = optimizer,
            LearningRate = parsed.GetValue(_learningRate) ?? TrainingDefaults.For(spec).LearningRate(optimizer),
            InitialAccumulator = parsed.GetValue(_initialAccumulator) ?? TrainingDefaults.InitialAccumulator,
        };
    }

    private void RequireAdagrad(OptionResult accumulator)
    {
        if (accumulator.Tokens is [{ Value: var text }] && accumulator.GetResult(_optimizer)?.Tokens is [{ Value: TrainingNames.Sgd }])
            accumulator.AddError($"--initial-accumulator: {text}: cannot be given with --optimizer {TrainingNames.Sgd}, which has none");
    }
}
