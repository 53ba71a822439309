using System.Diagnostics;
using System.Globalization;
using Cluster.Support.Processes;

namespace Cluster.Chaos.Checks;

/// <summary>What a process's working set did over its life.</summary>
/// <param name="Instance">The replica.</param>
/// <param name="Pid">The process; a replica that was started again has another.</param>
/// <param name="Life">From the first sample to the last.</param>
/// <param name="Last">Mean of the last quarter of the samples, in MiB.</param>
/// <param name="Slope">By least squares over the second half of the samples, in MiB a minute.</param>
internal sealed record MemoryTrend(string Instance, int Pid, TimeSpan Life, double Last, double Slope)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Instance} (process {Pid}, {Life.TotalSeconds:0} s): {Last:0} MiB, {Slope:+0.0;-0.0} MiB/min");
}

/// <summary>Samples the working set of every process.</summary>
internal sealed class MemoryWatch(TestCluster cluster) : IAsyncDisposable
{
    private const double MiB = 1 << 20;
    private const int FewestSamples = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Instance, int Pid), List<(double Seconds, double MiB)>> _samples = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    /// <summary>Trends of the processes that lived long enough to have one; after the watch has ended.</summary>
    public IReadOnlyList<MemoryTrend> Trends() => [.. _samples
        .Where(entry => entry.Value.Count >= FewestSamples)
        .OrderBy(entry => entry.Key.Instance, StringComparer.Ordinal).ThenBy(entry => entry.Value[0].Seconds)
        .Select(entry => new MemoryTrend(
            entry.Key.Instance, entry.Key.Pid, TimeSpan.FromSeconds(entry.Value[^1].Seconds - entry.Value[0].Seconds),
            entry.Value.Skip(entry.Value.Count * 3 / 4).Average(sample => sample.MiB), Slope([.. entry.Value.Skip(entry.Value.Count / 2)])))];

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await _stopping.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            foreach (var process in cluster.Processes.Where(process => process.IsRunning))
            {
                if (WorkingSet(process.Id) is not { } bytes) continue;
                if (!_samples.TryGetValue((process.Instance, process.Id), out var samples)) _samples[(process.Instance, process.Id)] = samples = [];
                samples.Add((Stopwatch.GetElapsedTime(since).TotalSeconds, bytes / MiB));
            }

            await Task.Delay(Interval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static long? WorkingSet(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.WorkingSet64;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static double Slope(List<(double Seconds, double MiB)> samples)
    {
        var (meanX, meanY) = (samples.Average(sample => sample.Seconds), samples.Average(sample => sample.MiB));
        var spread = samples.Sum(sample => (sample.Seconds - meanX) * (sample.Seconds - meanX));
        return 60 * samples.Sum(sample => (sample.Seconds - meanX) * (sample.MiB - meanY)) / spread;
    }
}
