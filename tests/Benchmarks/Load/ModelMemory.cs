using System.Globalization;
using Cluster.Benchmarks.Exchange;
using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Benchmarks.Load;

/// <summary>Memory of one ps task with a large model, while steps are made and a snapshot is written; its worker is in this process too,
/// with two vectors of its own.</summary>
internal static class ModelMemory
{
    private const string Job = "large";
    private const int SegmentSteps = 3;

    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(BenchmarkStore store, int length, string optimizer)
    {
        var rule = new TrainingSpec { Optimizer = optimizer, LearningRate = 0.1f }.ToMessage(GradientScale.Mean, steps: 1);
        var vector = length * (double)sizeof(float);
        var before = Resident();
        await store.OpenAsync(Job, length, isAsync: false, workers: 1, SegmentSteps, rule);
        using var channel = store.Connect();
        using var worker = new ExchangeWorker(channel, lane: 0, length, isAsync: false);
        await worker.AttachAsync(Job, BenchmarkStore.First);
        long most = 0;
        using (var sampler = new Timer(_ => most = Math.Max(most, Resident()), null, TimeSpan.Zero, SampleInterval))
        {
            await worker.StepAsync(SegmentSteps, BenchmarkStore.First);
            await store.AdvanceAsync(Job, 0, new Segment(SegmentSteps, 2 * SegmentSteps));
            await worker.StepAsync(SegmentSteps, BenchmarkStore.First);
            await store.UntilWrittenAsync(Job, SegmentSteps, WriteTimeout);
        }

        var reserved = (await store.ReportAsync(Job)).MemoryBytes;
        await store.CloseAsync(Job);
        var taken = most - before - (2 * vector);
        // Parameters and slots, and the same in one snapshot.
        var least = 2 * (1 + rule.ToOptimizer().Slots) * vector;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{length:N0} parameters, {optimizer}: {taken / 1e9:F2} GB resident for the ps task, {taken / least:F2} x parameters + slots + one snapshot "
            + $"({least / 1e9:F2} GB), {taken / reserved:F2} x what it reserved ({reserved / 1e9:F2} GB)"));
    }

    private static long Resident() => Environment.WorkingSet;
}
