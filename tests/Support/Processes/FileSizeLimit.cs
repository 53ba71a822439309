using System.Runtime.InteropServices;

namespace Cluster.Support.Processes;

/// <summary>A disk that is full for one process: Linux cuts the write that would make a file longer than the limit, and ends who writes on.</summary>
internal static class FileSizeLimit
{
    private const int RlimitFsize = 1;

    /// <param name="pid">The process.</param>
    /// <param name="bytes">What no file that it writes grows beyond.</param>
    public static void Set(int pid, long bytes)
    {
        var limit = new Limit((ulong)bytes, (ulong)bytes);
        if (SetLimit(pid, RlimitFsize, limit, 0) != 0)
            throw new InvalidOperationException(
                FormattableString.Invariant($"the limit of files was not set for process {pid}: errno {Marshal.GetLastPInvokeError()}"));
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int pid, int resource, in Limit limit, nint old);

    private readonly record struct Limit(ulong Soft, ulong Hard);
}
