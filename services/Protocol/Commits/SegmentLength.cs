using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>How long segments are to be: from the rate of computing alone, and so long that commits and the pauses between segments hide behind work.</summary>
/// <remarks>
/// Neither the wait for a commit nor the pause goes into the rate: they do not grow with a segment, so a shorter one would not
/// hasten them. They make segments longer, up to a limit, and nothing makes them shorter than the target.
/// </remarks>
internal sealed class SegmentLength(SegmentSizing sizing)
{
    private static readonly TimeSpan SharedTarget = TimeSpan.FromSeconds(1.5);
    private const double CommitsCovered = 1.5;
    private const int PausesCovered = 16;

    private readonly CommitLatency _commits = new();
    private readonly Queue<TimeSpan> _pauses = new();
    private SegmentRate _rate;
    private bool _hasPaused;

    public CommitLatency Commits => _commits;

    /// <summary>Time for a clock, as of the last segment; null for unknown.</summary>
    public TimeSpan? Step => _rate.Step;

    /// <summary>The work that a segment should hold now.</summary>
    /// <param name="isShared">Others take turns with the job.</param>
    public TimeSpan Target(bool isShared)
    {
        if (isShared) return Min(sizing.Target, SharedTarget);
        var wanted = Max(_commits.Longest * CommitsCovered, Pause * PausesCovered);
        return Max(sizing.Target, Min(wanted, sizing.LongestTarget));
    }

    // The least of the last ones: a pause in which a worker loads data or is replaced comes once.
    private TimeSpan Pause => _pauses.Count > 0 ? _pauses.Min() : TimeSpan.Zero;

    /// <summary>Another generation is served: what is under way is lost, and its first pause has the loading in it.</summary>
    public void Restart()
    {
        _commits.Restart();
        _hasPaused = false;
    }

    /// <summary>The segment after one that is done.</summary>
    /// <param name="done">Empty where a generation begins.</param>
    /// <param name="reports">What the ps tasks say of it.</param>
    /// <param name="isShared">Others take turns with the job.</param>
    /// <param name="total">The clock at which the job ends.</param>
    public Segment Next(Segment done, ShardReport[] reports, bool isShared, long total)
    {
        if (!done.IsEmpty) Learn(done, reports);
        return sizing.Next(done, _rate, Target(isShared), total);
    }

    private void Learn(Segment done, ShardReport[] reports)
    {
        _rate = _rate.After(reports.Select(report => report.Pace), done.To - done.From);
        var pause = reports.Max(report => report.Pace.Pause) - (_rate.Step ?? TimeSpan.Zero);
        if (_hasPaused && pause > TimeSpan.Zero) _pauses.Enqueue(pause);
        if (_pauses.Count > 4) _pauses.Dequeue();
        _hasPaused = true;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
