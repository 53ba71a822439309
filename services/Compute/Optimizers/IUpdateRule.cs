using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>The formula of one update, for one parameter and for eight; both round alike, operation by operation, and fuse nothing.</summary>
/// <remarks>
/// Square root and division are exact to the last bit on every processor; a reciprocal square root is not. Slots that an
/// update has not are passed and ignored.
/// </remarks>
internal interface IUpdateRule
{
    /// <summary>Slots in use: 0, 1 (a) or 2 (a and b).</summary>
    static abstract int Slots { get; }

    /// <param name="w">The parameter.</param>
    /// <param name="g">Its scaled gradient.</param>
    /// <param name="a">Its first slot, updated.</param>
    /// <param name="b">Its second slot, updated.</param>
    /// <returns>The parameter after the update.</returns>
    float Update(float w, float g, ref float a, ref float b);

    Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b);
}
