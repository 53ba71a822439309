using System.Runtime.Intrinsics;
using Cluster.Compute.Elements;

namespace Cluster.Compute.Dense;

/// <summary>dz from y and dy.</summary>
internal readonly struct ActivationGradient<TFunction> : IElementOperation
    where TFunction : struct, IActivationFunction
{
    public float Apply(float a, float b) => TFunction.Gradient(a, b);

    public Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => TFunction.Gradient(a, b);
}
