using Cluster.Cli.Invocation;
using Cluster.Cli.Output;

namespace Cluster.Cli.Data;

/// <summary><c>cluster data list</c>.</summary>
internal sealed class DataListCommand(CommandLineHost host, GlobalOptions globals)
    : ClusterCommand("list", "List the data sets that have a name.", host, globals)
{
    public override IReadOnlyList<string> Examples { get; } = ["data list", "data list --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var sets = await client.ListDataAsync(cancellationToken);
        if (run.Json)
        {
            JsonLine.Write(run.Output, json => DataJson.Write(json, sets));
            return ExitCode.Ok;
        }

        var table = new TextTable("NAME", "ROWS", "FEATURES", "LABEL", "SOURCE", "ADDED");
        foreach (var set in sets)
            table.Add(set.Name ?? set.Id, Figures.Count(set.Rows), Figures.Count(set.Features.Count), set.Label, set.Source, Figures.Moment(set.Added));
        table.Write(run.Output);
        return ExitCode.Ok;
    }
}
