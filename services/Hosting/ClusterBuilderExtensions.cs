using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>A whole cluster in an app host: <c>builder.AddCluster("ml").WithWorkers(3).WithParameterStores(2)</c>.</summary>
public static class ClusterBuilderExtensions
{
    private const int DefaultWorkers = 2;

    /// <summary>
    /// Adds a cluster with Redis and RabbitMQ containers of its own: a coordinator, one parameter store, two workers. A project that is
    /// given a reference to it gets its connection string under the cluster's name.
    /// </summary>
    /// <param name="builder">The app host's builder.</param>
    /// <param name="name">Name of the cluster; those of its parts begin with it.</param>
    public static IResourceBuilder<ClusterResource> AddCluster(this IDistributedApplicationBuilder builder, string name) => builder.AddCluster(
        name,
        builder.AddRedis($"{name}-redis").WithDataVolume().WithDurability(),
        builder.AddRabbitMQ($"{name}-messaging").WithDataVolume());

    /// <summary>Adds a cluster on servers that are there.</summary>
    /// <param name="builder">The app host's builder.</param>
    /// <param name="name">Name of the cluster; those of its parts begin with it.</param>
    /// <param name="redis">Redis 7 with an append-only file and without eviction; see <see cref="RedisDurability"/>.</param>
    /// <param name="messaging">RabbitMQ 3.10 or newer.</param>
    public static IResourceBuilder<ClusterResource> AddCluster(
        this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<IResourceWithConnectionString> redis, IResourceBuilder<IResourceWithConnectionString> messaging)
    {
        var key = builder.AddParameter($"{name}-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        var coordinator = builder.AddCoordinator($"{name}-coordinator", key).OnAll(redis, messaging);
        var workers = builder.AddWorkers($"{name}-worker", key, DefaultWorkers).OnAll(redis, messaging).WithReference(coordinator)
            .WithDrainCommand(coordinator, key);
        var resource = new ClusterResource(name, coordinator.GetEndpoint(ServiceEndpoints.Grpc), key.Resource);
        var cluster = builder.AddResource(resource)
            .WithAnnotation(new ClusterPartsAnnotation(key, redis, messaging, coordinator, workers, []))
            .WithIconName("OrganizationHorizontal")
            .OnInitializeResource((cluster, start, cancellationToken) => FollowAsync(cluster, coordinator.Resource, start, cancellationToken))
            .WithParameterStores(1);
        coordinator.WithParentRelationship(cluster);
        workers.WithParentRelationship(cluster);
        return cluster;
    }

    /// <summary>Sets the number of workers, 1 to <see cref="ClusterParts.Most"/>.</summary>
    public static IResourceBuilder<ClusterResource> WithWorkers(this IResourceBuilder<ClusterResource> cluster, int replicas)
    {
        cluster.Parts().Workers.WithWorkers(replicas);
        return cluster;
    }

    /// <summary>Adds GPU workers; see <see cref="ClusterParts.AddGpuWorkers"/>.</summary>
    public static IResourceBuilder<ClusterResource> WithGpuWorkers(this IResourceBuilder<ClusterResource> cluster, int replicas)
    {
        var parts = cluster.Parts();
        cluster.ApplicationBuilder.AddGpuWorkers($"{cluster.Resource.Name}-worker-gpu", parts.Key, replicas)
            .OnAll(parts.Redis, parts.Messaging).WithReference(parts.Coordinator).WithDrainCommand(parts.Coordinator, parts.Key)
            .WithParentRelationship(cluster);
        return cluster;
    }

    /// <summary>Sets the number of parameter stores, at least as many as there are and at most <see cref="ClusterParts.Most"/>.</summary>
    public static IResourceBuilder<ClusterResource> WithParameterStores(this IResourceBuilder<ClusterResource> cluster, int count)
    {
        var parts = cluster.Parts();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Math.Max(1, parts.ParameterStores.Count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ClusterParts.Most);
        while (parts.ParameterStores.Count < count)
        {
            var name = $"{cluster.Resource.Name}-ps-{parts.ParameterStores.Count.ToString(CultureInfo.InvariantCulture)}";
            parts.ParameterStores.Add(cluster.ApplicationBuilder.AddParameterStore(name, parts.Key).On("redis", parts.Redis).WithParentRelationship(cluster));
        }

        return cluster;
    }

    private static ClusterPartsAnnotation Parts(this IResourceBuilder<ClusterResource> cluster)
        => cluster.Resource.Annotations.OfType<ClusterPartsAnnotation>().Single();

    // Services look for redis and messaging, whatever the resources are called.
    private static IResourceBuilder<ProjectResource> On(
        this IResourceBuilder<ProjectResource> service, string connection, IResourceBuilder<IResourceWithConnectionString> server) =>
        service.WithReference(server, connection).WaitFor(server);

    private static IResourceBuilder<ProjectResource> OnAll(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<IResourceWithConnectionString> redis,
        IResourceBuilder<IResourceWithConnectionString> messaging) =>
        service.On("redis", redis).On("messaging", messaging);

    // There is no process of its own behind it: it runs once its coordinator takes jobs.
    private static async Task FollowAsync(ClusterResource cluster, ProjectResource coordinator, InitializeResourceEvent start,
        CancellationToken cancellationToken)
    {
        await SayAsync(KnownResourceStates.Starting);
        await start.Notifications.WaitForResourceHealthyAsync(coordinator.Name, cancellationToken);
        await SayAsync(KnownResourceStates.Running);

        Task SayAsync(string state) => start.Notifications.PublishUpdateAsync(cluster, snapshot => snapshot with { State = state });
    }
}
