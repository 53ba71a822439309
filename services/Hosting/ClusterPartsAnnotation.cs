using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>What the methods over a cluster share: its parts.</summary>
/// <param name="Key">The cluster key.</param>
/// <param name="Redis">Redis, whose connection string is given as <c>redis</c>.</param>
/// <param name="Messaging">RabbitMQ, whose connection string is given as <c>messaging</c>.</param>
/// <param name="Coordinator">The coordinator.</param>
/// <param name="Workers">The workers.</param>
/// <param name="ParameterStores">By index.</param>
internal sealed record ClusterPartsAnnotation(
    IResourceBuilder<ParameterResource> Key,
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithConnectionString> Messaging,
    IResourceBuilder<ProjectResource> Coordinator,
    IResourceBuilder<ProjectResource> Workers,
    List<IResourceBuilder<ProjectResource>> ParameterStores) : IResourceAnnotation;
