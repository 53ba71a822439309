using System.Diagnostics;
using System.Globalization;
using Cluster.DataPlane.Client;

namespace Cluster.Benchmarks.Exchange;

/// <summary>Steps of workers that compute nothing: the gradient up, the next parameters back.</summary>
/// <param name="Length">Floats of the model.</param>
/// <param name="IsAsync">How gradients are applied.</param>
/// <param name="Workers">Workers, each with a lane and a connection of its own.</param>
/// <param name="Prototype">What to compare with.</param>
internal sealed record StepBenchmark(int Length, bool IsAsync, int Workers, string Prototype)
{
    private const long Clocks = 1_000_000;
    private const int WarmUp = 3_000;
    private const int SmallSteps = 10_000;
    private const int LargeSteps = 300;

    // The code is warm when the large ones come: what they warm is their buffers.
    private int WarmUpSteps => Length < 1 << 20 ? WarmUp : LargeSteps / 3;

    private int Steps => Length < 1 << 16 ? SmallSteps : Length < 1 << 20 ? SmallSteps / 5 : LargeSteps;

    public async Task RunAsync(BenchmarkStore store)
    {
        var job = $"steps-{Length}-{IsAsync}-{Workers}";
        await store.OpenAsync(job, Length, IsAsync, Workers, Clocks);
        ExchangeChannel[] channels = [.. Enumerable.Range(0, Workers).Select(_ => store.Connect())];
        ExchangeWorker[] team = [.. channels.Select((channel, lane) => new ExchangeWorker(channel, lane, Length, IsAsync))];
        await Task.WhenAll(team.Select(worker => worker.AttachAsync(job, BenchmarkStore.First)));
        await StepAsync(team, WarmUpSteps);
        await MeasureAsync(team);
        foreach (var worker in team) worker.Dispose();
        foreach (var channel in channels) channel.Dispose();
        await store.CloseAsync(job);
    }

    private async Task MeasureAsync(ExchangeWorker[] team)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var times = await StepAsync(team, Steps);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Write(new Percentiles(times.SelectMany(t => t)), seconds, processor, allocated);
    }

    private static Task<double[][]> StepAsync(ExchangeWorker[] team, int steps) =>
        Task.WhenAll(team.Select(worker => Task.Run(() => worker.StepAsync(steps, BenchmarkStore.First))));

    private void Write(Percentiles times, double seconds, TimeSpan processor, long allocated)
    {
        var updates = (double)Steps * (IsAsync ? Workers : 1) / seconds;
        var bytes = 2.0 * sizeof(float) * Length * times.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(IsAsync ? "async" : "sync"),-5} {Length,7} floats {Workers} workers  {updates,7:N0} updates/s, p50 {times.P50,6:N0} us, p5 "
            + $"{times.P5,6:N0} us, p99 {times.P99,6:N0} us, {bytes / seconds / 1e9,6:F3} GB/s both ways, "
            + $"{processor.TotalMicroseconds / times.Count,6:N0} us of processor and {(double)allocated / times.Count,4:F0} B a step | prototype: "
            + $"{Prototype}"));
    }
}
