using Cluster.AppHost.Servers;

namespace Cluster.AppHost.Tests.Processes;

internal static class InstalledServers
{
    /// <summary>Skips the test where a server is not installed.</summary>
    public static void Require() => Assert.SkipWhen(ServerPrograms.Missing.Length > 0, $"{ServerPrograms.Missing} not installed");
}
