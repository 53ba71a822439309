namespace Cluster.Compute.Devices;

/// <summary>A function that is applied to each output of a layer.</summary>
public enum Activation
{
    /// <summary>The output itself.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    Relu,

    Tanh,

    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid,
}
