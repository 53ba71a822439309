using System.Runtime.Intrinsics;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Numerics;

/// <summary>A vector of doubles and, of the same lanes, their bits. As with <see cref="IWords{TSelf}"/>, one kernel runs at every width.</summary>
internal interface IDoubles<TSelf, TWords>
    where TSelf : struct, IDoubles<TSelf, TWords>
    where TWords : struct, IWords<TWords>
{
    TWords Bits { get; }

    static abstract TSelf Create(double value);

    static abstract TSelf FromBits(TWords bits);

    /// <summary>Lanes 4·index to 4·index + 3.</summary>
    Vector256<double> Quad(int index);

    /// <summary>left·right + addend, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf left, TSelf right, TSelf addend);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Of numbers; what it is where one is NaN depends on the processor.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <inheritdoc cref="Max"/>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The one where all bits of the mask are set, the other where none is.</summary>
    static abstract TSelf Select(TWords mask, TSelf set, TSelf other);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);
}
