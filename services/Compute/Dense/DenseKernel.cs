using Cluster.Compute.Elements;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Dense;

/// <summary>What a dense layer does beside its matrix products, for one activation: a stream keeps one for each.</summary>
internal abstract class DenseKernel
{
    /// <summary>y = f(y + bias).</summary>
    public abstract void Activate(ThreadTeam team, int rows, ArraySegment<float> y, ArraySegment<float> bias);

    /// <summary>dy becomes dz.</summary>
    public abstract void Differentiate(ThreadTeam team, ArraySegment<float> y, ArraySegment<float> dy);
}

internal sealed class DenseKernel<TFunction> : DenseKernel
    where TFunction : struct, IActivationFunction
{
    /// <summary>Elements that are worth a thread's while, with an exponential each.</summary>
    private const int Grain = 1 << 14;

    private readonly RangeJob<BiasActivationKernel<TFunction>> _activate = new();
    private readonly RangeJob<ElementKernel<ActivationGradient<TFunction>>> _differentiate = new();

    public override void Activate(ThreadTeam team, int rows, ArraySegment<float> y, ArraySegment<float> bias) =>
        _activate.Run(team, new BiasActivationKernel<TFunction>(y, bias), rows, Grain / Math.Max(bias.Count, 1) + 1);

    public override void Differentiate(ThreadTeam team, ArraySegment<float> y, ArraySegment<float> dy) =>
        _differentiate.Run(team, new ElementKernel<ActivationGradient<TFunction>>(default, y, dy, dy), dy.Count, Grain);
}
