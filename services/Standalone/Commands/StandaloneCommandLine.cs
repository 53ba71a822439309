using System.CommandLine;
using Cluster.Cli;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Commands;

/// <summary>
/// The command line of Standalone: every command of <c>cluster</c> against a cluster that starts and ends with it, and
/// <c>demo</c> and <c>serve</c> beside them. <c>--workers</c> and <c>--parameter-stores</c> stand before the command.
/// </summary>
public static class StandaloneCommandLine
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var workers = ValueOptions.Number("--workers", "Worker tasks of the embedded cluster, which share the machine's cores.", 2, 1,
            EmbeddedClusterOptions.MaxWorkers);
        var parameterStores = ValueOptions.Number(
            "--parameter-stores", "Parameter store tasks of the embedded cluster.", 1, 1, EmbeddedClusterOptions.MaxParameterStores);
        await using var embedded = new EmbeddedClusterHolder();
        var host = CommandLineHost.ForConsole() with
        {
            CommandName = "standalone",
            EmbeddedCluster = async (parsed, token) => await embedded.ConnectAsync(Options(parsed), token),
        };
        var globals = new GlobalOptions(host);
        var root = ClusterCommandLine.CreateRoot(host, globals);
        root.Options.Add(workers);
        root.Options.Add(parameterStores);
        root.Add(new DemoCommand(host, globals, embedded, Options));
        root.Add(new ServeCommand(host, Options));
        return await ClusterCommandLine.InvokeAsync(root, args.Length == 0 ? ["--help"] : args, host, cancellationToken);

        EmbeddedClusterOptions Options(ParseResult parsed) => new()
        {
            Workers = parsed.GetValue(workers),
            ParameterStores = parsed.GetValue(parameterStores),
        };
    }
}
