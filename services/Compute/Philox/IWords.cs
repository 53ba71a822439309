namespace Cluster.Compute.Philox;

/// <summary>
/// A vector of 64-bit lanes, each with a 32-bit word in its low half; upper halves hold garbage, which the multiplication does not
/// read. One kernel in terms of it runs at every vector width: the JIT compiles it anew for each implementation, without a call.
/// </summary>
internal interface IWords<TSelf>
    where TSelf : struct, IWords<TSelf>
{
    static abstract int Count { get; }

    /// <summary>0, 1, 2 and so on.</summary>
    static abstract TSelf Indices { get; }

    static abstract TSelf Create(ulong value);

    /// <summary>The 64-bit products of the low halves.</summary>
    static abstract TSelf Multiply(TSelf left, TSelf right);

    static abstract ulong Sum(TSelf words);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>Zeros come in from above.</summary>
    static abstract TSelf operator >>(TSelf words, int bits);
}
