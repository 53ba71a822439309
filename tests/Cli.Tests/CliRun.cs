using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.TestCoordinator;

namespace Cluster.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public ExitCode Exit => (ExitCode)ExitCode;

    /// <summary>Lines on standard error.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command line in this process, where no cluster runs and nothing is set.</summary>
    public static Task<CliRun> RunAsync(params string[] args) => RunAsync(Host([]), args, TestContext.Current.CancellationToken);

    /// <summary>Runs a command line against a coordinator.</summary>
    public static Task<CliRun> RunAsync(ScriptedCoordinator coordinator, params string[] args)
        => RunAsync(Host(coordinator), args, TestContext.Current.CancellationToken);

    public static async Task<CliRun> RunAsync(CommandLineHost host, string[] args, CancellationToken cancellationToken)
    {
        var exitCode = await ClusterCommandLine.RunAsync(args, host, cancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return new CliRun(exitCode, Text(host.Output), Text(host.Error));
    }

    /// <summary>A host whose environment names a coordinator.</summary>
    public static CommandLineHost Host(ScriptedCoordinator coordinator, string key = ScriptedCoordinator.Key) => Host(new()
    {
        [ClusterLookup.AddressVariable] = coordinator.Address.ToString(),
        [ClusterLookup.KeyVariable] = key,
    });

    public static CommandLineHost Host(Dictionary<string, string> environment) => new()
    {
        Output = new StringWriter(),
        Error = new StringWriter(),
        Lookup = new ClusterLookup(environment.GetValueOrDefault, () => []),
        ClientOptions = new ClusterClientOptions
        {
            CallRetries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            MaxRetryDelay = TimeSpan.FromMilliseconds(50),
            NoticeDelay = TimeSpan.FromMinutes(1)
        },
    };

    private static string Text(TextWriter writer) => writer.ToString()!.ReplaceLineEndings("\n");
}
