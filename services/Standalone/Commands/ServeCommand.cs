using System.CommandLine;
using Cluster.Cli;
using Cluster.Cli.Parsing;
using Cluster.Client.State;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Commands;

/// <summary><c>standalone serve</c>: keeps the cluster up for the CLI and for C# until it is interrupted.</summary>
internal sealed class ServeCommand : Command
{
    private readonly Option<string?> _stateFile = new("--state-file")
    {
        Description = "Where to write the address and the key; the default is this user's list of running clusters.",
        HelpName = "PATH",
    };

    public ServeCommand(CommandLineHost host, Func<ParseResult, EmbeddedClusterOptions> options)
        : base("serve", "Keep an embedded cluster up until Ctrl+C, for the cluster command and for C# programs.")
    {
        Options.Add(_stateFile);
        FileNames.Require(_stateFile);
        _stateFile.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } path }] && ClusterStateFile.WhyNotReplaceable(path) is { } reason)
                result.AddError($"--state-file: {path}: {reason}");
        });
        SetAction((parsed, cancellationToken) => RunAsync(host, options(parsed), parsed.GetValue(_stateFile), cancellationToken));
    }

    private static async Task<int> RunAsync(CommandLineHost host, EmbeddedClusterOptions options, string? stateFile, CancellationToken cancellationToken)
    {
        var path = stateFile ?? ClusterStateFile.DefaultPath(Environment.ProcessId);
        var isWritten = false;
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(options with { LogLevel = LogLevel.Information }, cancellationToken);
            ClusterStateFile.Write(path, State(cluster));
            isWritten = true;
            host.Output.WriteLine($"the cluster is up: {Count(options.Workers, "worker")}, {Count(options.ParameterStores, "parameter store")}, coordinator "
                + $"at {cluster.Connection.Address}");
            host.Output.WriteLine($"`cluster pi` and the other commands find it by {path}; Ctrl+C ends it");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (int)ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            host.Error.WriteLine($"--state-file: {path}: cannot be written: {e.Message}");
            return (int)ExitCode.Usage;
        }
        finally
        {
            if (isWritten) File.Delete(path);
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static ClusterState State(EmbeddedCluster cluster)
    {
        var address = cluster.Connection.Address.GetLeftPart(UriPartial.Authority);
        var endpoints = new Dictionary<string, string> { ["grpc"] = address };
        return new ClusterState
        {
            Key = cluster.Connection.Key,
            Coordinator = address,
            StartedAt = DateTimeOffset.UtcNow,
            RunnerPid = Environment.ProcessId,
            Resources = [new ClusterResource("standalone", "standalone-0", Environment.ProcessId, endpoints, Restarts: 0)],
            ConnectionStrings = new Dictionary<string, string>(),
        };
    }
}
