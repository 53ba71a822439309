using System.Diagnostics;
using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Benchmarks.Exchange;

/// <summary>How much longer a push takes a ps task when it ends a segment and the state is copied: no stream, no other thread.</summary>
internal static class BoundaryCopy
{
    private const int Segments = 50;

    /// <summary>Milliseconds of the last push of a segment less those of the one before it.</summary>
    public static Percentiles Measure(int length)
    {
        var task = new SyncShard(new ShardOptions { Lanes = 1, Length = length, Streams = 1, Optimizer = new Sgd(0.1f) });
        task.BeginLoad(BenchmarkStore.First);
        task.CompleteLoad(BenchmarkStore.First, 0, 0);
        var copies = new List<double>();
        for (long from = 0; from < 2 * Segments; from += 2)
        {
            task.Advance(BenchmarkStore.First, from, new Segment(from, from + 2), TimeSpan.Zero);
            var inside = Push(task, from);
            copies.Add(Push(task, from + 1) - inside);
        }

        return new Percentiles(copies.Skip(Segments / 5));
    }

    private static double Push(SyncShard task, long clock)
    {
        var gradient = task.Vectors.Rent();
        var started = Stopwatch.GetTimestamp();
        task.Push(new PushHeader(BenchmarkStore.First, new LaneBlock(0, 1), clock, 1, 1), gradient, TimeSpan.Zero);
        var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return task.Clock == clock + 1 ? milliseconds : throw new InvalidOperationException($"clock {clock} was not taken");
    }
}
