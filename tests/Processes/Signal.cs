using System.Runtime.InteropServices;

namespace Cluster.EndToEnd.Processes;

/// <summary>Linux's signals that stop a process where it stands and let it go on.</summary>
internal static partial class Signal
{
    private const int SigCont = 18;
    private const int SigStop = 19;

    public static void Suspend(int pid) => Send(pid, SigStop);

    public static void Resume(int pid) => Send(pid, SigCont);

    /// <summary>Whether the process stands where a signal stopped it.</summary>
    public static bool IsSuspended(int pid)
    {
        // "pid (name) state …"; the name may hold spaces.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'T';
    }

    private static void Send(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
            throw new InvalidOperationException($"signal {signal} did not reach process {pid}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
