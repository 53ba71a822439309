using Cluster.Compute.Devices;
using Cluster.Models.Parameters;

namespace Cluster.Models.Dense;

/// <summary>A fully connected layer: f(x·w + b).</summary>
/// <param name="Outputs">Its units, at least 1.</param>
/// <param name="Activation">f.</param>
/// <param name="Initialiser">What its weights start from; its biases start from 0.</param>
public sealed record DenseLayer(int Outputs, Activation Activation, Initialiser Initialiser);

/// <summary>What weights start from.</summary>
public enum Initialiser
{
    Zero,

    /// <inheritdoc cref="UniformStart.GlorotBound"/>
    Glorot,

    /// <inheritdoc cref="UniformStart.HeBound"/>
    He,
}
