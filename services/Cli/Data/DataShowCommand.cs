using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;

namespace Cluster.Cli.Data;

/// <summary><c>cluster data show</c>.</summary>
internal sealed class DataShowCommand : ClusterCommand
{
    private readonly Argument<string> _data = DataArgument.Create();

    public DataShowCommand(CommandLineHost host, GlobalOptions globals)
        : base("show", "Show what a data set holds: rows, smallest, mean and largest value of each column, classes of the label.", host, globals)
        => Arguments.Add(_data);

    public override IReadOnlyList<string> Examples { get; } = ["data show houses", "data show houses --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var details = await client.DescribeDataAsync(run.Parsed.GetRequiredValue(_data), cancellationToken);
        if (run.Json) JsonLine.Write(run.Output, json => DataJson.Write(json, details));
        else DataReport.Write(run.Output, details);
        return ExitCode.Ok;
    }
}
