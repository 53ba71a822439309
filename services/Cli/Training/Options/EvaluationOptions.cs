using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>When the model is evaluated on the way, and when the job ends.</summary>
internal sealed class EvaluationOptions : ITrainOptionGroup
{
    private readonly Option<long?> _steps = ValueOptions.OptionalNumber(
        "--steps", "Steps after which the job ends, instead of --epochs.", 1, TrainingSpec.MaxSteps);

    private readonly Option<long?> _maxTime = ValueOptions.OptionalNumber(
        "--max-time", "Seconds after which the job ends with its next commit. What it ends with then depends on speed.", 1, TrainingSpec.MaxSecondsLimit);

    private readonly Option<long?> _everySteps = ValueOptions.OptionalNumber(
        "--evaluate-steps", "Steps from one evaluation to the next. Training goes on meanwhile; the best commit is kept.", 1, TrainingSpec.MaxSteps);

    private readonly Option<int?> _everyEpochs = ValueOptions.OptionalNumber(
        "--evaluate-epochs", "Epochs from one evaluation to the next.", 1, TrainingSpec.MaxEpochs);

    private readonly Option<string?> _monitor = new("--monitor")
    {
        Description = $"Metric that decides which commit is the best and when to stop. Default: {TrainingNames.Loss}.",
        HelpName = "METRIC",
    };

    private readonly Option<int?> _patience = ValueOptions.OptionalNumber(
        "--patience", "Evaluations without an improvement after which the job ends. Default: never.", 1, TrainingSpec.MaxPatience);

    private readonly Option<double> _minDelta = ValueOptions.Real(
        "--min-delta", "By how much a value must be better to be an improvement.", 0, new NumberRange(0, 1e300));

    private readonly Option<string?> _target = new("--target")
    {
        Description = "Value of the monitored metric at which the job ends.",
        HelpName = "NUMBER",
    };

    public void AddTo(Command command)
    {
        _everyEpochs.Validators.Add(epochs =>
        {
            if (epochs.Tokens is [{ Value: var text }] && epochs.GetResult(_everySteps) is not null)
                epochs.AddError($"--evaluate-epochs: {text}: cannot be given with --evaluate-steps");
        });
        _patience.Validators.Add(RequireEvaluation);
        _target.Validators.Add(RequireEvaluation);
        _target.Validators.Add(target =>
        {
            if (target.Tokens is [{ Value: var text }] && ReadTarget(text) is null) target.AddError($"--target: {text}: must be a finite number, such as 0.97");
        });
        foreach (var option in (Option[])[_steps, _maxTime, _everySteps, _everyEpochs, _monitor, _patience, _minDelta, _target]) command.Options.Add(option);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        Steps = parsed.GetValue(_steps) ?? 0,
        MaxSeconds = parsed.GetValue(_maxTime) ?? 0,
        EvaluateSteps = parsed.GetValue(_everySteps) ?? 0,
        EvaluateEpochs = parsed.GetValue(_everyEpochs) ?? 0,
        Monitor = parsed.GetValue(_monitor) ?? TrainingNames.Loss,
        Patience = parsed.GetValue(_patience) ?? 0,
        MinDelta = parsed.GetValue(_minDelta),
        Target = parsed.GetValue(_target) is { } text ? ReadTarget(text) : null,
    };

    private void RequireEvaluation(OptionResult option)
    {
        if (option.Tokens is [{ Value: var text }] && option.GetResult(_everySteps) is null && option.GetResult(_everyEpochs) is null)
            option.AddError($"{option.Option.Name}: {text}: needs --evaluate-steps or --evaluate-epochs");
    }

    private static double? ReadTarget(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value) ? value : null;
}
