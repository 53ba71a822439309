namespace Cluster.Compute.Computations;

/// <summary>The whole grains [From, To) of a <see cref="GrainSpace"/>.</summary>
public readonly record struct GrainRange(long From, long To)
{
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ From &lt; To.</exception>
    internal void ThrowIfInvalid()
    {
        if (From < 0 || To <= From)
        {
            throw new ArgumentOutOfRangeException(
                nameof(GrainRange), $"[{From}, {To})", "A range of grains needs 0 <= From < To.");
        }
    }
}
