using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>Which states are kept, and which one a job begins with.</summary>
internal sealed class CheckpointOptions : ITrainOptionGroup
{
    private readonly Option<long> _everySteps = ValueOptions.Number(
        "--checkpoint-every-steps", "Keep a checkpoint at each multiple of this many steps; 0 for none.", 0L, 0L, long.MaxValue);

    private readonly Option<int> _everyEpochs = ValueOptions.Number(
        "--checkpoint-every-epochs", $"Keep a checkpoint after each of this many epochs, up to {TrainingSpec.MaxEpochs}; 0 for none.", 0, 0,
        TrainingSpec.MaxEpochs);

    private readonly Option<int> _keep = ValueOptions.Number(
        "--keep-checkpoints", $"How many of them stay, up to {TrainingSpec.MaxCheckpoints}: the newest. The last commit stays in any case.",
        TrainingSpec.DefaultCheckpoints, 0, TrainingSpec.MaxCheckpoints);

    private readonly Option<bool> _weightsOnly = new("--weights-only")
    {
        Description = "Take the parameters of --from alone, and train them anew as the other options say, on any data.",
    };

    public Option<string?> From { get; } = new("--from")
    {
        Description = "Go on with a checkpoint: a job for its last commit, JOB@CLOCK or a name. What no other option says is as it was there.",
        HelpName = "CHECKPOINT",
    };

    public void AddTo(Command command)
    {
        From.Validators.Add(from =>
        {
            if (from.Tokens is [{ Value: var text }] && !CheckpointId.IsWellFormed(text)) from.AddError($"--from: {text}: {CheckpointId.Form}");
        });
        _weightsOnly.Validators.Add(RequireFrom);
        _everyEpochs.Validators.Add(RequireAlone);
        foreach (var option in (Option[])[_everySteps, _everyEpochs, _keep, From, _weightsOnly]) command.Options.Add(option);
    }

    /// <summary>Whether all that no option says is to be taken from a checkpoint, and which.</summary>
    public string? Continued(ParseResult parsed) => parsed.GetValue(_weightsOnly) ? null : parsed.GetValue(From);

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        CheckpointEverySteps = parsed.GetValue(_everySteps),
        CheckpointEveryEpochs = parsed.GetValue(_everyEpochs),
        KeepCheckpoints = parsed.GetValue(_keep),
        From = parsed.GetValue(From),
        WeightsOnly = parsed.GetValue(_weightsOnly),
    };

    private void RequireFrom(OptionResult weightsOnly)
    {
        if (!weightsOnly.Implicit && weightsOnly.GetResult(From) is null) weightsOnly.AddError("--weights-only: cannot be given without --from");
    }

    private void RequireAlone(OptionResult epochs)
    {
        if (epochs.Tokens is [{ Value: var text }] && epochs.GetResult(_everySteps) is { Implicit: false })
            epochs.AddError($"--checkpoint-every-epochs: {text}: cannot be given with --checkpoint-every-steps");
    }
}
