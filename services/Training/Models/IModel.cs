using Cluster.Compute.Optimizers;
using Cluster.Training.Data;

namespace Cluster.Training.Models;

/// <summary>A function with parameters, and the loss that training makes small.</summary>
/// <remarks>
/// Everything here is a pure function of its arguments with a fixed order of operations: the same arguments give the
/// same bits on every processor. That is what lets any worker compute any batch. Instances are immutable and shared
/// by threads; no method allocates.
/// </remarks>
public interface IModel
{
    /// <summary>The name in specs: <c>linear</c>.</summary>
    string Name { get; }

    /// <summary>Features of an example, at least 1.</summary>
    int Features { get; }

    /// <summary>What the optimizer makes of the summed gradient of a step: by default the mean.</summary>
    GradientScale Scale => GradientScale.Mean;

    /// <summary>The tensors of the parameter vector.</summary>
    ParameterLayout Layout { get; }

    /// <summary>Writes the parameters [<paramref name="first"/>, <paramref name="first"/> + the span's length) at clock 0.</summary>
    /// <remarks>A ps task fills its own range only; any cut into ranges gives the same vector.</remarks>
    /// <param name="seed">The job's seed.</param>
    /// <param name="first">Index of the first parameter in the flat vector.</param>
    /// <param name="parameters">Receives the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the layout.</exception>
    void Initialise(ulong seed, int first, Span<float> parameters);

    /// <summary>Writes the gradient of the batch's loss, summed over its examples and not averaged.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="batch">The examples; none gives zeros.</param>
    /// <param name="sum">Overwritten; as long as the parameters.</param>
    /// <returns>The sum of the examples' losses at these parameters, from the same float32 predictions.</returns>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum);

    /// <summary>The sum of the examples' losses, computed in double precision.</summary>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    double Loss(ReadOnlySpan<float> parameters, Batch batch);
}
