using System.Collections.Concurrent;
using System.Diagnostics;
using Spectre.Console;

namespace Cluster.Chaos;

/// <summary>What a run says and what it found wrong. Used from any thread.</summary>
internal sealed class ChaosReport(IAnsiConsole console)
{
    private readonly long _since = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _violations = new();

    public IReadOnlyCollection<string> Violations => _violations;

    public void Say(string line)
    {
        lock (console)
            console.WriteLine(FormattableString.Invariant($"[{Stopwatch.GetElapsedTime(_since).TotalSeconds,6:0.0} s] {line}"));
    }

    public void Violate(string text)
    {
        _violations.Enqueue(text);
        Say($"VIOLATION: {text}");
    }
}
