namespace Cluster.Compute.Optimizers;

/// <summary>What a step divides its summed gradient by.</summary>
public enum GradientScale
{
    /// <summary>By the number of examples in the sum.</summary>
    Mean,

    /// <summary>By nothing.</summary>
    Sum,
}
