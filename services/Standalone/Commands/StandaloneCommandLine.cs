using System.CommandLine;
using Cluster.Cli;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Commands;

/// <summary>
/// The command line of Standalone: every command of <c>cluster</c> against a cluster that starts and ends with it, and
/// <c>demo</c> and <c>serve</c> beside them. <c>--workers</c> stands before the command.
/// </summary>
public static class StandaloneCommandLine
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var workers = ValueOptions.Number("--workers", "Worker tasks of the embedded cluster, which share the machine's cores.", 2, 1, EmbeddedClusterOptions.MaxWorkers);
        await using var embedded = new EmbeddedClusterHolder();
        var host = CommandLineHost.ForConsole() with
        {
            CommandName = "standalone",
            EmbeddedCluster = async (parsed, token) => await embedded.ConnectAsync(Options(parsed, workers), token),
        };
        var globals = new GlobalOptions(host);
        var root = ClusterCommandLine.CreateRoot(host, globals);
        root.Options.Add(workers);
        root.Add(new DemoCommand(host, globals, embedded));
        root.Add(new ServeCommand(host, parsed => Options(parsed, workers)));
        return await ClusterCommandLine.InvokeAsync(root, args.Length == 0 ? ["--help"] : args, host, cancellationToken);
    }

    private static EmbeddedClusterOptions Options(ParseResult parsed, Option<int> workers) => new() { Workers = parsed.GetValue(workers) };
}
