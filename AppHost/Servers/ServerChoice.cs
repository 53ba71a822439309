using Cluster.AppHost.CommandLine;

namespace Cluster.AppHost.Servers;

/// <summary>Which servers the cluster gets, decided before the model is built, and the line that says so.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Engine">The container engine that answers, as Aspire names it; null for none.</param>
/// <param name="KeepsData">The app host keeps data and secrets of the cluster.</param>
internal sealed record ServerChoice(ServerKind Kind, string? Engine, bool KeepsData)
{
    /// <summary>Decides within four seconds, and says it in one line.</summary>
    /// <exception cref="AppHostException">What was asked for is not there.</exception>
    public static async Task<ServerChoice> MakeAsync(AppHostOptions options)
    {
        if (options.IsPublishing) return new ServerChoice(ServerKind.Containers, Engine: null, KeepsData: false);
        var engine = options.Servers is null or ServerKind.Containers ? await ContainerEngine.FindAsync() : null;
        var missing = ServerPrograms.Missing;
        var kind = options.Servers ?? (engine is not null ? ServerKind.Containers : missing.Length == 0 ? ServerKind.Executables : ServerKind.Embedded);
        if (kind == ServerKind.Containers && engine is null)
            throw new AppHostException("--servers containers: no container engine answers: neither docker info nor podman info", ExitCodes.NoServers);
        if (kind == ServerKind.Executables && missing.Length > 0)
            throw new AppHostException($"--servers executables: {missing} not installed; {ServerPrograms.Install}", ExitCodes.NoServers);
        if (kind == ServerKind.Embedded && options.RequireServers)
            throw new AppHostException($"--require-servers: no container engine answers, and {missing} not installed; {ServerPrograms.Install}",
                ExitCodes.NoServers);
        Console.WriteLine(kind switch
        {
            ServerKind.Containers => $"{engine} answers: Redis and RabbitMQ run as containers",
            ServerKind.Executables => "this machine's redis-server and rabbitmq-server run the cluster"
                + (options.Servers is null ? ": no container engine answers" : ""),
            _ when options.Servers is null => $"no container engine answers, and {missing} not installed: {Standalone}",
            _ => Standalone,
        });
        return new ServerChoice(kind, engine, KeepsData: kind != ServerKind.Embedded);
    }

    /// <summary>What runs where there are no servers, and how to have the real cluster.</summary>
    public static string Standalone
        => $"Standalone runs instead, one process with an embedded store and broker. For the real cluster: {ServerPrograms.Install}";
}

internal static class ServerChoiceExtensions
{
    /// <summary>Has Aspire use the engine that answered, where several are installed.</summary>
    public static void UseEngine(this IDistributedApplicationBuilder builder, ServerChoice servers)
    {
        if (servers.Engine is { } engine) builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] = engine;
    }
}
