using System.Globalization;
using Cluster.Client.State;
using Cluster.LocalHosting.Servers;

namespace Cluster.AppHost;

/// <summary>Runs the app model with the local engine, or hands over to Aspire where that can run.</summary>
internal static class Engine
{
    private const string Install = "sudo apt-get install redis-server rabbitmq-server";

    private const int StandaloneParameterStores = 8;

    public const bool TakesOtherArguments = false;

    public static async Task<int> RunAsync(AppHostOptions options, string[] args)
    {
        if (options.Runner != Runner.Local && await AspireRestore.TryAsync(asked: options.Runner == Runner.Aspire))
            return await OtherFlavour.RunAsync(useAspire: true, args);
        if (options.Runner == Runner.Aspire)
            return ExitCodes.Failed;

        if (options.StateFile is { } path && ClusterStateFile.WhyNotReplaceable(path) is { } reason)
            throw new FormatException($"--state-file: '{path}' {reason}");
        var missing = MissingServers();
        if (missing.Length > 0 && options.RequireProcesses)
            return Fail($"--require-processes: {missing} not installed; {Install}", ExitCodes.NoServers);
        return await RunAsync(missing.Length == 0 ? Cluster(options) : Standalone(options, missing));
    }

    private static IDistributedApplicationBuilder Cluster(AppHostOptions options)
    {
        var builder = DistributedApplication.CreateBuilder(RunnerOptions(options));
        builder.AddCluster(options.Workers, options.ParameterStores);
        return builder;
    }

    private static IDistributedApplicationBuilder Standalone(AppHostOptions options, string missing)
    {
        Console.WriteLine($"*** {missing} not installed: starting Standalone instead, one process with an embedded store and broker. For the real cluster: {Install}");
        var parameterStores = Math.Min(options.ParameterStores, StandaloneParameterStores);
        if (parameterStores < options.ParameterStores)
            Console.WriteLine($"*** --parameter-stores: {options.ParameterStores}: Standalone has at most {StandaloneParameterStores}, and starts those");
        var builder = DistributedApplication.CreateBuilder(RunnerOptions(options) with { PublishesState = false });
        var standalone = builder.AddProject("standalone", "../services/Standalone/Standalone.csproj")
            .WithArgs("--workers", options.Workers.ToString(CultureInfo.InvariantCulture))
            .WithArgs("--parameter-stores", parameterStores.ToString(CultureInfo.InvariantCulture), "serve");
        if (options.StateFile is not null)
            standalone.WithArgs("--state-file", options.StateFile);
        return builder;
    }

    private static LocalRunnerOptions RunnerOptions(AppHostOptions options) => new()
    {
        StateFile = options.StateFile,
        Colors = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "",
    };

    private static async Task<int> RunAsync(IDistributedApplicationBuilder builder)
    {
        try
        {
            await builder.Build().RunAsync();
            return ExitCodes.Ok;
        }
        catch (LocalHostingException e)
        {
            return Fail(e.Message, ExitCodes.Failed);
        }
    }

    private static string MissingServers() => string.Join(" and ", new[]
    {
        RedisServerProcess.FindExecutable() is null ? "redis-server" : null,
        RabbitMqServerProcess.FindExecutable() is null ? "rabbitmq-server" : null,
    }.OfType<string>());

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
