namespace Cluster.Benchmarks;

internal static class MachineLoad
{
    /// <summary>Runnable threads of the whole machine, the mean over 1, 5 and 15 minutes.</summary>
    public static string Now() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
