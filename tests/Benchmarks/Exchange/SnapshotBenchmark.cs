using System.Diagnostics;
using System.Globalization;
using Cluster.Protocol.Segments;

namespace Cluster.Benchmarks.Exchange;

/// <summary>The state of 16 MiB at the end of each segment, written to Redis behind the steps of the next one.</summary>
internal static class SnapshotBenchmark
{
    private const string Job = "snapshots";
    private const int Length = 4 << 20;
    private const int SegmentSteps = 40;
    private const int WarmUpSegments = 2;
    private const int Segments = 20;

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(BenchmarkStore store)
    {
        await store.OpenAsync(Job, Length, isAsync: false, workers: 1, SegmentSteps);
        using var channel = store.Connect();
        using var worker = new ExchangeWorker(channel, lane: 0, Length, isAsync: false);
        await worker.AttachAsync(Job, BenchmarkStore.First);
        await Task.Run(() => worker.StepAsync(SegmentSteps, BenchmarkStore.First));
        var steps = new List<TimedStep>();
        var writes = new List<double>();
        for (var segment = 1; segment <= WarmUpSegments + Segments; segment++)
        {
            if (segment == WarmUpSegments + 1) (steps, writes) = ([], []);
            writes.Add(await RunSegmentAsync(store, worker, segment * SegmentSteps, steps));
        }

        await store.CloseAsync(Job);
        Write(steps, new Percentiles(writes));
    }

    /// <returns>Milliseconds from the boundary until the ps task says that its state there is written.</returns>
    private static async Task<double> RunSegmentAsync(BenchmarkStore store, ExchangeWorker worker, long boundary, List<TimedStep> steps)
    {
        var segment = new Segment(boundary, boundary + SegmentSteps);
        var started = Stopwatch.GetTimestamp();
        await store.AdvanceAsync(Job, boundary - SegmentSteps, segment);
        var writing = Task.Run(() => UntilWrittenAsync(store, segment));
        var times = await Task.Run(() => StepAsync(worker, SegmentSteps - 1));
        var written = await writing;
        var last = (await Task.Run(() => StepAsync(worker, 1)))[0].Milliseconds;
        steps.AddRange(times.Select(step => new TimedStep(step.Started < written ? StepKind.Behind : StepKind.Alone, step.Milliseconds)));
        steps.Add(new TimedStep(StepKind.Boundary, last));
        return Stopwatch.GetElapsedTime(started, written).TotalMilliseconds;
    }

    private static async Task<(long Started, double Milliseconds)[]> StepAsync(ExchangeWorker worker, int steps)
    {
        var times = new (long Started, double Milliseconds)[steps];
        for (var i = 0; i < steps; i++)
            times[i] = (Stopwatch.GetTimestamp(), (await worker.StepAsync(1, BenchmarkStore.First))[0] / 1_000);
        return times;
    }

    // What is written counts as committed at once, so that the next boundary's copy need not wait.
    private static async Task<long> UntilWrittenAsync(BenchmarkStore store, Segment segment)
    {
        await store.UntilWrittenAsync(Job, segment.From, WriteTimeout);
        var written = Stopwatch.GetTimestamp();
        await store.AdvanceAsync(Job, segment.From, segment);
        return written;
    }

    private static void Write(List<TimedStep> steps, Percentiles writes)
    {
        foreach (var kind in Enum.GetValues<StepKind>())
        {
            var times = new Percentiles(steps.Where(step => step.Kind == kind).Select(step => step.Milliseconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Name(kind),-42} p50 {times.P50,6:F1} ms, max {times.Max,6:F1} ms, {times.Count,4} steps"));
        }

        var copies = BoundaryCopy.Measure(Length);
        var gigabytes = Length * (double)sizeof(float) / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"copy at the boundary, in memory",-42} p50 {copies.P50,6:F1} ms, max {copies.Max,6:F1} ms, {gigabytes / copies.P50 * 1e3:F1} GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"from the boundary until SnapshotWritten",-42} p50 {writes.P50,6:F1} ms, max {writes.Max,6:F1} ms, {gigabytes / writes.P50 * 1e3:F2} GB/s | "
            + $"prototype: {Prototypes.Redis}"));
    }

    private static string Name(StepKind kind) => kind switch
    {
        StepKind.Alone => "steps while no snapshot is written",
        StepKind.Behind => "steps while one is written",
        _ => "steps that end a segment and begin a copy",
    };

    private enum StepKind
    {
        Alone,
        Behind,
        Boundary,
    }

    private readonly record struct TimedStep(StepKind Kind, double Milliseconds);
}
