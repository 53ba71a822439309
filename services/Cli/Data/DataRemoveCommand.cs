using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;

namespace Cluster.Cli.Data;

/// <summary><c>cluster data remove</c>.</summary>
internal sealed class DataRemoveCommand : ClusterCommand
{
    private readonly Argument<string> _data = DataArgument.Create();

    public DataRemoveCommand(CommandLineHost host, GlobalOptions globals)
        : base("remove", "Remove a data set. One that a job uses which has not ended stays.", host, globals)
        => Arguments.Add(_data);

    public override IReadOnlyList<string> Examples { get; } = ["data remove houses"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var removed = await client.RemoveDataAsync(run.Parsed.GetRequiredValue(_data), cancellationToken);
        if (run.Json) JsonLine.Write(run.Output, json => DataJson.Write(json, removed));
        else run.Output.WriteLine($"removed {removed.Name ?? removed.Id}: {Figures.Count(removed.Rows, "row")}");
        return ExitCode.Ok;
    }
}
