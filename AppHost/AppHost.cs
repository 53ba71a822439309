using System.Globalization;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;
using Cluster.AppHost.Servers;
using Cluster.Hosting;

namespace Cluster.AppHost;

/// <summary>The cluster's topology: what runs, what it is given, and what it waits for.</summary>
internal static class AppHost
{
    /// <param name="builder">The app host's builder.</param>
    /// <param name="options">How many of each.</param>
    /// <param name="servers">What Redis and RabbitMQ are.</param>
    /// <param name="data">What is kept from one run to the next; null where the model is published.</param>
    public static void AddCluster(this IDistributedApplicationBuilder builder, AppHostOptions options, ServerKind servers, DataFolder? data)
    {
        var key = builder.AddSecret("cluster-key", data);
        var redis = builder.AddRedis("redis", servers, data);
        var messaging = builder.AddRabbitMq("messaging", servers, data);

        var coordinator = builder.AddCoordinator("coordinator", key)
            .WithReference(redis).WaitFor(redis)
            .WithReference(messaging).WaitFor(messaging);

        for (var i = 0; i < options.ParameterStores; i++)
        {
            builder.AddParameterStore($"ps-{i.ToString(CultureInfo.InvariantCulture)}", key)
                .WithReference(redis).WaitFor(redis);
        }

        builder.AddWorkers("worker", key, options.Workers)
            .WithReference(redis).WaitFor(redis)
            .WithReference(messaging).WaitFor(messaging)
            .WithReference(coordinator).WithDrainCommand(coordinator, key);

        if (options.GpuWorkers > 0)
        {
            builder.AddGpuWorkers("worker-gpu", key, options.GpuWorkers)
                .WithReference(redis).WaitFor(redis)
                .WithReference(messaging).WaitFor(messaging)
                .WithReference(coordinator).WithDrainCommand(coordinator, key);
        }
    }
}
