using System.Globalization;

namespace Cluster.AppHost;

/// <summary>The cluster's topology: what runs, what it is given, and what it waits for.</summary>
internal static class AppHost
{
    public static void AddCluster(this IDistributedApplicationBuilder builder, int workers, int parameterStores)
    {
        var key = builder.AddParameter("cluster-key", secret: true);
        var redis = builder.AddRedis("redis");
        var messaging = builder.AddRabbitMQ("messaging");

        var coordinator = builder.AddProject("coordinator", "../services/Coordinator/Coordinator.csproj")
            .WithHttpEndpoint(name: "http")
            .WithHttpHealthCheck("/alive")
            .WithGrpcEndpoint()
            .WithEnvironment("CLUSTER_KEY", key)
            .WithReference(redis).WaitFor(redis)
            .WithReference(messaging).WaitFor(messaging);

        // An app each: a ps task is addressed by itself, and comes back under its own name.
        for (var i = 0; i < parameterStores; i++)
        {
            builder.AddProject($"ps-{i.ToString(CultureInfo.InvariantCulture)}", "../services/ParameterStore/ParameterStore.csproj")
                .WithHttpEndpoint(name: "http")
                .WithHttpHealthCheck("/alive")
                .WithGrpcEndpoint()
                .WithEnvironment("CLUSTER_KEY", key)
                .WithReference(redis).WaitFor(redis);
        }

        var worker = builder.AddProject("worker", "../services/Worker/Worker.csproj")
            .WithReplicas(workers)
            .WithHttpEndpoint(name: "http")
            .WithHttpHealthCheck("/alive")
            .WithEnvironment("CLUSTER_KEY", key)
            .WithReference(redis).WaitFor(redis)
            .WithReference(messaging).WaitFor(messaging)
            .WithReference(coordinator);

        // Workers that share one machine share its cores; published ones have theirs to themselves.
        if (builder.ExecutionContext.IsRunMode)
            worker.WithEnvironment("Worker__Cores", Math.Max(1, Environment.ProcessorCount / workers).ToString(CultureInfo.InvariantCulture));
    }
}
