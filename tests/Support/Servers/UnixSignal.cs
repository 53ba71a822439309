using System.Runtime.InteropServices;

namespace Cluster.Support.Servers;

/// <summary>Linux's signals to processes.</summary>
public static class UnixSignal
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>Asks the process to end. It may be gone already: that is what was wanted.</summary>
    public static void Terminate(int pid) => _ = Send(pid, SigTerm);

    /// <summary>Kills every process of the group, whatever it is doing.</summary>
    public static void KillGroup(int group) => _ = Send(-group, SigKill);

    /// <summary>Stops the process where it stands.</summary>
    public static void Suspend(int pid) => Require(Send(pid, SigStop), pid);

    /// <summary>Lets a process that was suspended go on.</summary>
    public static void Resume(int pid) => Require(Send(pid, SigCont), pid);

    private static void Require(int result, int pid)
    {
        if (result != 0)
            throw new InvalidOperationException($"the signal did not reach process {pid}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int pid, int signal);
}
