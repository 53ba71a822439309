using System.CommandLine;
using Cluster.Cli.Invocation;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoints [JOB]</c>.</summary>
internal sealed class CheckpointsCommand : ClusterCommand
{
    private readonly Argument<string?> _job = new("JOB")
    {
        Description = "A training job. Without it: the named checkpoints, and those of the newest jobs.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public CheckpointsCommand(CommandLineHost host, GlobalOptions globals)
        : base("checkpoints", "List the states of trained models that are kept: each job's checkpoints and last commit, and those with a name.", host, globals)
        => Arguments.Add(_job);

    public override IReadOnlyList<string> Examples { get; } = ["checkpoints", "checkpoints training-abcdefgh --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        CheckpointReport.WriteAll(run, await client.ListCheckpointsAsync(run.Parsed.GetValue(_job), cancellationToken));
        return ExitCode.Ok;
    }
}
