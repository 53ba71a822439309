namespace Cluster.Compute.Pi;

/// <summary>Counts the points of a range of Philox blocks that fall inside the quarter circle.</summary>
public static class PhiloxPiKernel
{
    /// <inheritdoc cref="PhiloxPiReference.CountInside"/>
    public static ulong CountInside(long from, long to, ulong seed) => PhiloxPiReference.CountInside(from, to, seed);
}
