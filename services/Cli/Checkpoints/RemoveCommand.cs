using System.CommandLine;
using Cluster.Cli.Invocation;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoint remove NAME</c>.</summary>
internal sealed class RemoveCommand : ClusterCommand
{
    private readonly Argument<string> _name = CheckpointArgument.CreateName();

    public RemoveCommand(CommandLineHost host, GlobalOptions globals)
        : base("remove", "Remove a checkpoint that has a name.", host, globals)
        => Arguments.Add(_name);

    public override IReadOnlyList<string> Examples { get; } = ["checkpoint remove houses-1"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        await client.RemoveCheckpointAsync(run.Parsed.GetRequiredValue(_name), cancellationToken);
        run.Display.Note($"removed {run.Parsed.GetRequiredValue(_name)}");
        return ExitCode.Ok;
    }
}
