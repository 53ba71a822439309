using Cluster.Compute.Philox;

namespace Cluster.Compute.Pi;

/// <summary>
/// The definition of the Pi count, one block at a time: the oracle of <see cref="PhiloxPiKernel"/> and its tail.
/// A Philox block (r0, r1, r2, r3) is the two points (r0, r1) and (r2, r3) of the square [0, 2³²)²; a point is inside
/// the quarter circle iff x² + y² &lt; 2⁶⁴.
/// </summary>
public static class PhiloxPiReference
{
    /// <summary>Points inside among the two of each block in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ from ≤ to.</exception>
    public static ulong CountInside(long from, long to, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);

        var inside = 0ul;
        for (var index = from; index < to; index++)
        {
            var (x0, y0, x1, y1) = Philox4x32.Block((ulong)index, seed);
            inside += Inside(x0, y0) + Inside(x1, y1);
        }

        return inside;
    }

    private static ulong Inside(uint x, uint y)
    {
        var xx = (ulong)x * x;
        return xx + (ulong)y * y >= xx ? 1ul : 0ul;
    }
}
