namespace Cluster.Compute.Devices;

/// <summary>
/// A function that is applied to each output of a layer, and its derivative by the output y, as a product with the gradient
/// dy. A NaN goes through: comparisons are written so that it does.
/// </summary>
public enum Activation
{
    /// <summary>The output itself; dz = dy.</summary>
    Identity,

    /// <summary>0 where x &lt; 0, else x; dz = dy where y &gt; 0, else 0.</summary>
    Relu,

    /// <summary>dz = dy·fma(-y, y, 1).</summary>
    Tanh,

    /// <summary>1/(1 + e⁻ˣ); dz = dy·fma(-y, y, y).</summary>
    Sigmoid,
}
