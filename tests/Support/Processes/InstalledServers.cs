using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

internal static class InstalledServers
{
    private const string Install = "sudo apt-get install redis-server rabbitmq-server";

    /// <summary>Skips the test where it cannot run.</summary>
    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the tests with processes of their own read /proc");
        Assert.SkipWhen(RedisServerProcess.FindExecutable() is null, $"redis-server is not installed: {Install}");
        Assert.SkipWhen(RabbitMqServerProcess.FindExecutable() is null, $"rabbitmq-server is not installed: {Install}");
    }
}
