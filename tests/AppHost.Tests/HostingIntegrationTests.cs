using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Cluster.Client;
using Cluster.Hosting;

namespace Cluster.AppHost.Tests;

/// <summary>The cluster in an app host of a team's own.</summary>
public sealed class HostingIntegrationTests
{
    private readonly IDistributedApplicationBuilder _builder =
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });

    [Fact]
    public void AddCluster_WorkersAndParameterStores_AddsItsPartsUnderItsName()
    {
        var cluster = _builder.AddCluster("ml").WithWorkers(3).WithParameterStores(2).WithGpuWorkers(1);

        Assert.Equal(["ml-redis", "ml-messaging", "ml-key", "ml-coordinator", "ml-worker", "ml", "ml-ps-0", "ml-ps-1", "ml-worker-gpu"],
            _builder.Resources.Select(resource => resource.Name)
            .Where(name => !name.EndsWith("-password", StringComparison.Ordinal) && !name.EndsWith("-rebuilder", StringComparison.Ordinal)));
        Assert.Equal(3, Resource("ml-worker").GetReplicaCount());
        Assert.All(["ml-coordinator", "ml-ps-0", "ml-ps-1", "ml-worker", "ml-worker-gpu"], name => Assert.Contains(
            Resource(name).Annotations.OfType<ResourceRelationshipAnnotation>(),
            relation => relation.Type == "Parent" && relation.Resource == cluster.Resource));
        Assert.Contains(Resource("ml-worker").Annotations.OfType<ResourceCommandAnnotation>(), command => command.Name == "drain");
    }

    [Fact]
    public void AddCluster_WithoutNumbers_HasTwoWorkersAndOneParameterStore()
    {
        _builder.AddCluster("ml");

        Assert.Equal(2, Resource("ml-worker").GetReplicaCount());
        Assert.Single(_builder.Resources, resource => resource.Name.StartsWith("ml-ps-", StringComparison.Ordinal) && resource is ProjectResource
            && !resource.Name.EndsWith("-rebuilder", StringComparison.Ordinal));
    }

    [Fact]
    public void WithReference_Program_GetsAConnectionStringThatTheClientReads()
    {
        var cluster = _builder.AddCluster("ml");

        var expression = cluster.Resource.ConnectionStringExpression.ValueExpression;

        Assert.Equal("Endpoint={ml-coordinator.bindings.grpc.url};Key={ml-key.value}", expression);
        var connection = ClusterConnection.Parse(expression.Replace("{ml-coordinator.bindings.grpc.url}", "http://localhost:5001", StringComparison.Ordinal)
            .Replace("{ml-key.value}", "secret", StringComparison.Ordinal));
        Assert.Equal((new Uri("http://localhost:5001"), "secret"), (connection.Address, connection.Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void WithWorkers_NumberOutOfRange_IsRefused(int count)
    {
        var cluster = _builder.AddCluster("ml");

        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.WithWorkers(count));
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.WithParameterStores(count));
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.WithGpuWorkers(count));
    }

    private IResource Resource(string name) => _builder.Resources.Single(resource => resource.Name == name);
}
