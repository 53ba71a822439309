using System.CommandLine;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Checkpoints;

internal static class CheckpointArgument
{
    public static Argument<string> Create()
    {
        var argument = new Argument<string>("CHECKPOINT") { Description = "A job for its last commit, JOB@CLOCK, or a name; `checkpoints` lists them." };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !CheckpointId.IsWellFormed(text)) result.AddError($"CHECKPOINT: {text}: {CheckpointId.Form}");
        });
        return argument;
    }

    public static Argument<string> CreateName()
    {
        var argument = new Argument<string>(
            "NAME")
        { Description = $"Name of the checkpoint: 1 to {TrainingSpec.MaxNameLength} lower-case letters, digits or '-'." };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !CheckpointId.IsName(text)) result.AddError($"NAME: {text}: {CheckpointId.NameForm}");
        });
        return argument;
    }
}
