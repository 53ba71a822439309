using Cluster.Client;
using Cluster.Standalone.Embedded;
using Cluster.Worker;

namespace Cluster.Standalone.Tests;

/// <summary>One embedded cluster of three workers and two ps tasks for the tests of a class, with computations that go wrong.</summary>
public sealed class EmbeddedFixture : IAsyncLifetime
{
    public EmbeddedCluster Cluster { get; private set; } = null!;

    public ClusterClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions { Workers = 3, ParameterStores = 2, Configure = services => services.AddComputation<ThrowingComputation>() },
            TestContext.Current.CancellationToken);
        Client = ClusterClient.Connect(Cluster.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
