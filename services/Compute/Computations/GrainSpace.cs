namespace Cluster.Compute.Computations;

/// <summary>
/// The fixed cut of the index space [0, IndexCount) into grains of GrainSize indices; the last one may be short.
/// </summary>
/// <param name="IndexCount">Number of indices, at least 1.</param>
/// <param name="GrainSize">Indices in a grain, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A value below 1.</exception>
public readonly record struct GrainSpace(long IndexCount, long GrainSize)
{
    public long IndexCount { get; } = AtLeastOne(IndexCount, nameof(IndexCount));

    public long GrainSize { get; } = AtLeastOne(GrainSize, nameof(GrainSize));

    public long GrainCount => (IndexCount - 1) / GrainSize + 1;

    /// <summary>The indices of grain <paramref name="grain"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ grain &lt; GrainCount.</exception>
    public IndexRange Grain(long grain)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(grain);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(grain, GrainCount);

        var from = grain * GrainSize;
        return new IndexRange(from, from + Math.Min(GrainSize, IndexCount - from));
    }

    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ From &lt; To ≤ GrainCount.</exception>
    internal void ThrowIfOutside(GrainRange range)
    {
        if (range.From < 0 || range.To <= range.From || range.To > GrainCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(range), $"[{range.From}, {range.To})", $"A range of grains needs 0 <= From < To <= {GrainCount}.");
        }
    }

    private static long AtLeastOne(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
