using System.CommandLine;
using Cluster.Cli.Invocation;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoint keep CHECKPOINT NAME</c>.</summary>
internal sealed class KeepCommand : ClusterCommand
{
    private readonly Argument<string> _checkpoint = CheckpointArgument.Create();
    private readonly Argument<string> _name = CheckpointArgument.CreateName();

    public KeepCommand(CommandLineHost host, GlobalOptions globals)
        : base("keep", "Copy a checkpoint under a name, under which it stays until it is removed.", host, globals)
    {
        Arguments.Add(_checkpoint);
        Arguments.Add(_name);
    }

    public override IReadOnlyList<string> Examples { get; } = ["checkpoint keep training-abcdefgh@1200 houses-2"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var checkpoint = await client.KeepCheckpointAsync(
            run.Parsed.GetRequiredValue(_checkpoint), run.Parsed.GetRequiredValue(_name), cancellationToken);
        CheckpointReport.WriteOne(run, checkpoint, checkpoint.Id);
        return ExitCode.Ok;
    }
}
