namespace Cluster.AppHost;

/// <summary>Runs the app model with Aspire, or hands over to the local engine where that is asked for or Aspire cannot run.</summary>
internal static class Engine
{
    // Publishing is asked for by arguments that only Aspire knows.
    public const bool TakesOtherArguments = true;

    public static async Task<int> RunAsync(AppHostOptions options, string[] args)
    {
        if (options.Runner == Runner.Local)
            return await OtherFlavour.RunAsync(useAspire: false, args);
        var publishes = options.EngineArguments.Count > 0;
        if (options.Runner is null && !publishes && !await ContainerEngine.AnswersAsync())
        {
            Console.WriteLine("no container engine answers docker info: the local engine runs the cluster");
            return await OtherFlavour.RunAsync(useAspire: false, ["--runner", "local", .. args]);
        }

        if (options.StateFile is not null || options.RequireProcesses)
            throw new FormatException("--state-file and --require-processes are the local engine's: add --runner local");

        var builder = DistributedApplication.CreateBuilder([.. options.EngineArguments]);
        builder.AddCluster(options.Workers, options.ParameterStores);
        builder.KeepRedis();
        await builder.Build().RunAsync();
        return ExitCodes.Ok;
    }
}
