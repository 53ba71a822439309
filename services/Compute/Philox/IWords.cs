namespace Cluster.Compute.Philox;

/// <summary>
/// A vector of 64-bit lanes. Those of Philox hold a 32-bit word in their low half and garbage above it, which the multiplication does
/// not read. One kernel in terms of it runs at every vector width: the JIT compiles it anew for each implementation, without a call.
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

    /// <summary>All bits of the lanes that are equal, none of the others.</summary>
    static abstract TSelf EqualMask(TSelf left, TSelf right);

    /// <summary>All bits of the lanes that are less as signed numbers, none of the others.</summary>
    static abstract TSelf LessMask(TSelf left, TSelf right);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>Zeros come in from above.</summary>
    static abstract TSelf operator >>(TSelf words, int bits);

    static abstract TSelf operator <<(TSelf words, int bits);
}
