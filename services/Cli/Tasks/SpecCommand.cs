using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Cli.Invocation;

namespace Cluster.Cli.Tasks;

/// <summary><c>cluster spec</c>.</summary>
internal sealed class SpecCommand(CommandLineHost host, GlobalOptions globals)
    : ClusterCommand("spec", "Show the ClusterSpec as JSON: job name to task addresses.", host, globals)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public override IReadOnlyList<string> Examples { get; } = ["spec", "spec --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var json = (await client.GetClusterSpecAsync(cancellationToken)).ToJson();
        run.Output.WriteLine(run.Json ? json : JsonNode.Parse(json)!.ToJsonString(Indented));
        return ExitCode.Ok;
    }
}
