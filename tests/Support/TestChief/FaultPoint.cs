using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cluster.TestChief;

/// <summary>
/// Kills or stops this process at a line of its work that a test names: <c>kill before training.flip</c>, <c>stop after
/// training.published</c>, <c>kill after Advance</c>. The names are those of the spans: a script's before Redis is sent it
/// and after it has answered, a call's to a ps task when it has answered.
/// </summary>
internal static class FaultPoint
{
    /// <summary>A file that holds the point, read when the process starts; none where it is empty or not there.</summary>
    private const string Variable = "TEST_FAULT_POINT_FILE";

    private const int SigKill = 9;
    private const int SigStop = 19;
    private static readonly string[] Sources = ["Cluster.Redis", "System.Net.Http"];
    private static int _hits;

    public static void Arm()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file || !File.Exists(file)) return;
        if (File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var what, var when, var name]) return;
        var signal = what == "kill" ? SigKill : SigStop;
        ActivitySource.AddActivityListener(new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Meet(when == "before" && activity.OperationName == name, signal),
            ActivityStopped = activity => Meet(when == "after" && (activity.OperationName == name || IsCall(activity, name)), signal),
        });
    }

    private static bool IsCall(Activity activity, string name)
        => activity.GetTagItem("url.full") is string url && url.EndsWith($"/{name}", StringComparison.Ordinal);

    private static void Meet(bool isPoint, int signal)
    {
        if (!isPoint || Interlocked.Increment(ref _hits) > 1) return;
        _ = Kill(Environment.ProcessId, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
