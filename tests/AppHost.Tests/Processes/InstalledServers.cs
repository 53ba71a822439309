using Cluster.Client.State;
using Cluster.LocalHosting.Servers;

namespace Cluster.AppHost.Tests.Processes;

internal static class InstalledServers
{
    /// <summary>Skips the test where a server is not installed.</summary>
    public static void Require()
    {
        Assert.SkipWhen(RedisServerProcess.FindExecutable() is null, "redis-server is not installed");
        Assert.SkipWhen(RabbitMqServerProcess.FindExecutable() is null, "rabbitmq-server is not installed");
    }

    /// <summary>Where the servers of a running cluster keep their data: they work there.</summary>
    public static IReadOnlyList<string> DirectoriesOf(ClusterState state) =>
    [
        .. state.Resources
            .Where(resource => state.ConnectionStrings.ContainsKey(resource.Name))
            .Select(resource => new FileInfo(FormattableString.Invariant($"/proc/{resource.Pid}/cwd")).LinkTarget!),
    ];
}
