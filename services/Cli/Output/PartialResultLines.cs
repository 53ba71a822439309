using Cluster.Client.Jobs;

namespace Cluster.Cli.Output;

/// <summary>
/// Chooses which partial results are shown: at most a few a second, of each worker the newest, and first of the worker that
/// was shown least recently. For one thread at a time.
/// </summary>
internal sealed class PartialResultLines(TimeProvider time)
{
    /// <summary>Lines a second.</summary>
    public const int Limit = 4;

    private readonly Dictionary<string, PartialResult> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _shownAt = new(StringComparer.Ordinal);
    private readonly Queue<long> _lastLines = new(Limit);

    /// <summary>The lines to show now.</summary>
    public IReadOnlyList<string> Next(IReadOnlyList<PartialResult> results)
    {
        foreach (var result in results) _waiting[result.Task] = result;

        var lines = new List<string>();
        while (_waiting.Count > 0 && MayShow())
        {
            var task = _waiting.Keys.MinBy(t => _shownAt.GetValueOrDefault(t, long.MinValue))!;
            _waiting.Remove(task, out var result);
            _shownAt[task] = time.GetTimestamp();
            _lastLines.Enqueue(_shownAt[task]);
            lines.Add(JobText.PartialResultLine(result!));
        }

        return lines;
    }

    private bool MayShow()
    {
        while (_lastLines.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= TimeSpan.FromSeconds(1)) _lastLines.Dequeue();
        return _lastLines.Count < Limit;
    }
}
