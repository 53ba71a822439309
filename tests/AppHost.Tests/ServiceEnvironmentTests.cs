using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cluster.LocalHosting.Running;

namespace Cluster.AppHost.Tests;

public sealed class ServiceEnvironmentTests
{
    [Fact]
    public void Compose_Coordinator_FollowsTheContract()
    {
        var (resources, ports) = Cluster();
        var coordinator = Service("coordinator", resources);

        var environment = ServiceEnvironment.Compose(coordinator, 0, ports, server => $"to {server.Name}");

        Assert.Equal("to redis", environment["ConnectionStrings__redis"]);
        Assert.Equal("to messaging", environment["ConnectionStrings__messaging"]);
        Assert.Equal(resources.OfType<ParameterResource>().Single().Value, environment["CLUSTER_KEY"]);
        Assert.Equal(ports.Address(coordinator, 0, "http"), environment["ASPNETCORE_URLS"]);
        Assert.Equal(ports.Address(coordinator, 0, "grpc"), environment["CLUSTER_GRPC_URL"]);
        Assert.Equal("coordinator", environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=coordinator", environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), environment["CLUSTER_PARENT_PID"]);
    }

    [Fact]
    public void Compose_WorkerReplica_KnowsItselfAndTheCoordinator()
    {
        var (resources, ports) = Cluster();
        var coordinator = Service("coordinator", resources);

        var environment = ServiceEnvironment.Compose(Service("worker", resources), 2, ports, server => server.Name);

        Assert.Equal("service.instance.id=worker-2", environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal(ports.Address(coordinator, 0, "grpc"), environment["services__coordinator__grpc__0"]);
        Assert.Equal(ports.Address(coordinator, 0, "http"), environment["services__coordinator__http__0"]);
        Assert.DoesNotContain("CLUSTER_GRPC_URL", environment.Keys);
    }

    [Fact]
    public void Compose_ParameterStore_KnowsItselfAndRedisAlone()
    {
        var (resources, ports) = Cluster();
        var store = Service("ps-1", resources);

        var environment = ServiceEnvironment.Compose(store, 0, ports, server => server.Name);

        Assert.Equal("service.instance.id=ps-1", environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("ps-1", environment["OTEL_SERVICE_NAME"]);
        Assert.Equal(ports.Address(store, 0, "grpc"), environment["CLUSTER_GRPC_URL"]);
        Assert.NotEqual(ports.Address(Service("ps-0", resources), 0, "grpc"), environment["CLUSTER_GRPC_URL"]);
        Assert.Equal(["ConnectionStrings__redis"], environment.Keys.Where(name => name.StartsWith("ConnectionStrings", StringComparison.Ordinal)));
    }

    [Fact]
    public void Addresses_OfAllReplicas_AreLoopbackAndDistinct()
    {
        var (resources, ports) = Cluster();
        var worker = Service("worker", resources);

        var addresses = Enumerable.Range(0, 3).Select(ordinal => ports.Address(worker, ordinal, "http")).ToList();

        Assert.Equal(3, addresses.Distinct().Count());
        Assert.All(addresses, address => Assert.StartsWith("http://127.0.0.1:", address, StringComparison.Ordinal));
    }

    [Fact]
    public void ReplaceTaken_SomebodyListens_MovesThatEndpointAlone()
    {
        var (resources, ports) = Cluster();
        var coordinator = Service("coordinator", resources);
        var (http, grpc) = (ports.Address(coordinator, 0, "http"), ports.Address(coordinator, 0, "grpc"));
        var told = new List<ProcessResource>();
        ports.Moved = told.Add;
        using var listener = new TcpListener(IPAddress.Loopback, new Uri(grpc).Port);
        listener.Start();

        Assert.Equal(["grpc"], ports.ReplaceTaken(coordinator, 0));

        Assert.Equal([coordinator], told);
        Assert.Equal(http, ports.Address(coordinator, 0, "http"));
        Assert.NotEqual(grpc, ports.Address(coordinator, 0, "grpc"));
        Assert.Empty(ports.ReplaceTaken(coordinator, 0));
    }

    private static ProjectResource Service(string name, IReadOnlyList<Resource> resources) =>
        resources.OfType<ProjectResource>().Single(service => service.Name == name);

    private static (IReadOnlyList<Resource> Resources, EndpointPorts Ports) Cluster()
    {
        var builder = DistributedApplication.CreateBuilder(new LocalRunnerOptions());
        builder.AddCluster(workers: 3, parameterStores: 2);
        return (builder.Resources, new EndpointPorts(builder.Resources));
    }
}
