using Cluster.Contracts.Jobs;

namespace Cluster.Protocol.Shards;

/// <summary>How many applied gradients were computed on parameters this many clocks behind them.</summary>
/// <remarks>
/// The staleness of a gradient of clock c is c - m, where m is the clock of the slowest lane in the parameters that it
/// was computed on: every contribution below m is in them. In synchronous mode it is always 0. Not thread safe.
/// </remarks>
public sealed class StalenessHistogram
{
    /// <summary>The largest staleness that has a bucket of its own, and the largest bound of a job.</summary>
    public const int MaxExact = TrainingSpec.MaxStaleness;

    private readonly long[] _counts = new long[MaxExact + 2];

    /// <summary>Gradients by staleness 0, 1, …; the last bucket has all above <see cref="MaxExact"/>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>The buckets up to the last one that is not empty.</summary>
    public ReadOnlySpan<long> Used => _counts.AsSpan(0, _counts.AsSpan().LastIndexOfAnyExcept(0) + 1);

    /// <param name="clocks">At least 0.</param>
    public void Add(long clocks) => _counts[Math.Min(clocks, MaxExact + 1)]++;
}
