using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>A test on the cluster that its class shares.</summary>
public abstract class SharedClusterTest(SharedBroker broker, SharedCluster shared) : ClusterTest(broker), IClassFixture<SharedCluster>
{
    public override async ValueTask DisposeAsync()
    {
        if (HasFailed && await shared.DropAsync() is { } cluster) ShowLogs([cluster]);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The class's cluster, whole; and whole again when the test is done with it.</summary>
    private protected Task<TestCluster> ShareClusterAsync(TestClusterOptions options) => shared.StartAsync(options, Ct);
}
