namespace Cluster.Compute.MatMul;

/// <summary>
/// The innermost part of a matrix product: a tile of C of <see cref="Rows"/> × <see cref="Columns"/>, kept in registers over the
/// whole depth. Every element is an fma chain over k, from 0 or from what C holds, so cutting the depth changes no bit.
/// </summary>
internal interface IMicroKernel
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <param name="depth">Values of k.</param>
    /// <param name="a">For each k the rows' values of A.</param>
    /// <param name="b">For each k the columns' values of B.</param>
    /// <param name="c">The tile's first element.</param>
    /// <param name="stride">Elements from one row of the tile to the next.</param>
    /// <param name="isFirst">Whether the chains start, at 0; else they go on from what C holds.</param>
    static abstract void Multiply(int depth, ref float a, ref float b, ref float c, int stride, bool isFirst);
}
