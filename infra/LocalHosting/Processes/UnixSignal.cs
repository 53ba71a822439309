using System.Runtime.InteropServices;

namespace Cluster.LocalHosting.Processes;

internal static partial class UnixSignal
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>Kills every process of the group, whatever it is doing.</summary>
    public static void KillGroup(int group) => Send(-group, SigKill);

    private static void Send(int pid, int signal)
    {
        // The process may be gone already: that is what was wanted.
        if (!OperatingSystem.IsWindows())
            _ = Kill(pid, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
