using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>
/// The parts of a cluster for an app host. Each still needs references to Redis (connection string <c>redis</c>) and, but for parameter
/// stores, to RabbitMQ (<c>messaging</c>); <see cref="ClusterBuilderExtensions.AddCluster(IDistributedApplicationBuilder, string)"/> puts
/// all of them together.
/// </summary>
public static class ClusterParts
{
    /// <summary>Most replicas of workers, and most parameter stores, that these methods take.</summary>
    public const int Most = 64;

    /// <summary>Adds the coordinator (<c>/job:chief/task:0</c>), which clients talk to at endpoint <c>grpc</c>.</summary>
    /// <param name="builder">The app host's builder.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="key">The cluster key, a secret of at least one visible ASCII character; every part is given the same.</param>
    public static IResourceBuilder<ProjectResource> AddCoordinator(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key) => builder
            .AddService<CoordinatorProject>(name, key)
            .WithGrpcEndpoint()
            .WithIconName("BoardSplit");

    /// <summary>
    /// Adds one parameter store (a ps task), a resource of its own and no replica: it is addressed by itself, and comes back under its own name.
    /// </summary>
    /// <inheritdoc cref="AddCoordinator"/>
    public static IResourceBuilder<ProjectResource> AddParameterStore(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key) => builder
            .AddService<ParameterStoreProject>(name, key)
            .WithGrpcEndpoint()
            .WithIconName("Database");

    /// <summary>Adds workers that compute on CPUs and claim no GPU. In an app host that runs them they share the machine's cores.</summary>
    /// <param name="builder">The app host's builder.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="key">As of <see cref="AddCoordinator"/>.</param>
    /// <param name="replicas">How many, 1 to <see cref="Most"/>.</param>
    public static IResourceBuilder<ProjectResource> AddWorkers(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key, int replicas) =>
        builder.AddWorkers<WorkerProject>(name, key, replicas);

    /// <summary>As <see cref="AddWorkers(IDistributedApplicationBuilder, string, IResourceBuilder{ParameterResource}, int)"/>, of a team's own worker project
    /// with models and computations of its own.</summary>
    /// <typeparam name="TProject">The project, as Aspire generates it: <c>Projects.MyWorker</c>.</typeparam>
    public static IResourceBuilder<ProjectResource> AddWorkers<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key, int replicas)
        where TProject : IProjectMetadata, new()
        => builder.AddService<TProject>(name, key).WithEnvironment("Worker__Gpus", "none").WithIconName("Flash").WithWorkers(replicas);

    /// <summary>Adds workers each of which claims one GPU of its machine for itself; one that finds none free waits,
    /// one on a machine without any fails.</summary>
    /// <inheritdoc cref="AddWorkers(IDistributedApplicationBuilder, string, IResourceBuilder{ParameterResource}, int)"/>
    public static IResourceBuilder<ProjectResource> AddGpuWorkers(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key, int replicas) =>
        builder.AddService<WorkerProject>(name, key).WithEnvironment("Worker__Gpus", "one").WithIconName("DeveloperBoardLightning").WithWorkers(replicas);

    /// <summary>Sets how many workers there are, instead of the number before.</summary>
    internal static IResourceBuilder<ProjectResource> WithWorkers(this IResourceBuilder<ProjectResource> workers, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, Most);
        workers.WithReplicas(replicas);
        // Workers that share one machine share its cores; published ones have theirs to themselves.
        return workers.ApplicationBuilder.ExecutionContext.IsRunMode
            ? workers.WithEnvironment("Worker__Cores", Math.Max(1, Environment.ProcessorCount / replicas).ToString(CultureInfo.InvariantCulture))
            : workers;
    }
}
