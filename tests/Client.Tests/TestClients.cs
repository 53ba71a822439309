using Cluster.TestCoordinator;

namespace Cluster.Client.Tests;

internal static class TestClients
{
    /// <summary>Short pauses, so that what is repeated is repeated at once; limits that only a hanging test reaches.</summary>
    public static ClusterClientOptions Options { get; } = new()
    {
        CallTimeout = TimeSpan.FromSeconds(60),
        RetryDelay = TimeSpan.FromMilliseconds(5),
        MaxRetryDelay = TimeSpan.FromMilliseconds(50),
        ReconnectTimeout = TimeSpan.FromSeconds(60),
    };

    public static ClusterClient Connect(ScriptedCoordinator coordinator, ClusterClientOptions? options = null)
        => ClusterClient.Connect(coordinator.Address, ScriptedCoordinator.Key, options ?? Options);
}
