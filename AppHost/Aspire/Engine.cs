namespace Cluster.AppHost;

/// <summary>Runs the app model with Aspire, or hands over to the local engine when that is asked for.</summary>
internal static class Engine
{
    // Publishing is asked for by arguments that only Aspire knows.
    public const bool TakesOtherArguments = true;

    public static async Task<int> RunAsync(AppHostOptions options, string[] args)
    {
        if (options.Runner == Runner.Local)
            return await OtherFlavour.RunAsync(useAspire: false, args);

        if (options.StateFile is not null || options.RequireProcesses)
            throw new FormatException("--state-file and --require-processes are the local engine's: add --runner local");

        var builder = DistributedApplication.CreateBuilder([.. options.EngineArguments]);
        builder.AddCluster(options.Workers);
        await builder.Build().RunAsync();
        return ExitCodes.Ok;
    }
}
