namespace Cluster.AppHost.Tests;

public sealed class TopologyTests
{
    [Fact]
    public void AddCluster_ThreeWorkersTwoParameterStores_HasServersCoordinatorAppsAndReplicas()
    {
        var resources = Build(workers: 3, parameterStores: 2).Resources;

        Assert.Equal(["cluster-key", "redis", "messaging", "coordinator", "ps-0", "ps-1", "worker"], resources.Select(resource => resource.Name));
        Assert.IsType<RedisResource>(resources[1]);
        Assert.IsType<RabbitMQServerResource>(resources[2]);
        Assert.Equal(1, Service("coordinator", resources).Replicas);
        Assert.Equal(1, Service("ps-1", resources).Replicas);
        Assert.Equal(3, Service("worker", resources).Replicas);
    }

    [Fact]
    public void Instance_AppAndReplica_HaveNamesOfTheirOwn()
    {
        var resources = Build(workers: 1, parameterStores: 2).Resources;

        Assert.Equal(["coordinator", "ps-0", "ps-1", "worker-0"], resources.OfType<ProjectResource>().Select(service => service.Instance(0)));
    }

    [Fact]
    public void AddCluster_Services_NameTheirProjects()
    {
        var resources = Build(workers: 1).Resources;

        Assert.Equal("../services/Coordinator/Coordinator.csproj", Service("coordinator", resources).ProjectPath);
        Assert.Equal("../services/ParameterStore/ParameterStore.csproj", Service("ps-0", resources).ProjectPath);
        Assert.Equal("../services/Worker/Worker.csproj", Service("worker", resources).ProjectPath);
    }

    [Fact]
    public void AddCluster_Services_ReferenceAndAwaitWhatTheyUse()
    {
        var resources = Build(workers: 2).Resources;
        var (redis, messaging) = (resources[1], resources[2]);
        var (coordinator, worker) = (Service("coordinator", resources), Service("worker", resources));

        Assert.Equal([redis, messaging], coordinator.References);
        Assert.Equal([redis, messaging], coordinator.WaitsFor);
        Assert.Equal([redis, messaging, coordinator], worker.References);
        Assert.Equal([redis, messaging], worker.WaitsFor);
        Assert.Equal([redis], Service("ps-0", resources).References);
        Assert.Equal([redis], Service("ps-0", resources).WaitsFor);
    }

    [Fact]
    public void AddCluster_Endpoints_WorkersHaveNoGrpcAndTheCoordinatorsIsTheFirst()
    {
        var resources = Build(workers: 2).Resources;
        var withGrpc = resources.OfType<ProjectResource>().Where(service => service.Endpoints.Any(endpoint => endpoint.Name == "grpc"));

        Assert.Equal(["http", "grpc"], Service("coordinator", resources).Endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal(["http", "grpc"], Service("ps-0", resources).Endpoints.Select(endpoint => endpoint.Name));
        // The state file names the first one's as the cluster's address.
        Assert.Equal(["coordinator", "ps-0"], withGrpc.Select(service => service.Name));
        Assert.Equal(["http"], Service("worker", resources).Endpoints.Select(endpoint => endpoint.Name));
        Assert.All(resources.OfType<ProjectResource>(), service => Assert.Equal("/alive", service.HealthCheckPath));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void AddCluster_Environment_HandsOutKeyAndCores(int workers)
    {
        var resources = Build(workers).Resources;

        Assert.All(resources.OfType<ProjectResource>(), service => Assert.Same(resources[0], service.Environment["CLUSTER_KEY"]));
        var cores = Math.Max(1, Environment.ProcessorCount / workers);
        Assert.Equal(FormattableString.Invariant($"{cores}"), Service("worker", resources).Environment["Worker__Cores"]);
    }

    [Fact]
    public void AddCluster_Secrets_AreDrawnForEachRun()
    {
        var (first, second) = (Key(Build(workers: 1)), Key(Build(workers: 1)));

        Assert.True(first.Secret);
        Assert.NotEqual(first.Value, second.Value);
        Assert.Equal(first.Value, first.Value);
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(first.Value).Length);
    }

    private static ParameterResource Key(DistributedApplication model) => model.Resources.OfType<ParameterResource>().Single();

    private static ProjectResource Service(string name, IReadOnlyList<Resource> resources) =>
        resources.OfType<ProjectResource>().Single(service => service.Name == name);

    private static DistributedApplication Build(int workers, int parameterStores = 1)
    {
        var builder = DistributedApplication.CreateBuilder(new LocalRunnerOptions());
        builder.AddCluster(workers, parameterStores);
        return builder.Build();
    }
}
