namespace Cluster.Compute.Optimizers;

/// <summary>An update's rule with the numbers that it has at one time; all that a kernel needs beside its operands.</summary>
/// <remarks>Numbers are rounded once, from double where they depend on the time, and are the same on every device.</remarks>
internal readonly record struct UpdateFormula(UpdateRule Rule)
{
    /// <summary>The learning rate; of <see cref="UpdateRule.Adam"/> with the correction of bias.</summary>
    public float Rate { get; init; }

    /// <summary>μ of momentum, β₁ of Adam, β of FTRL.</summary>
    public float Beta1 { get; init; }

    /// <summary>β₂ of Adam.</summary>
    public float Beta2 { get; init; }

    /// <summary>ε of Adam.</summary>
    public float Epsilon { get; init; }

    /// <summary>Learning rate times λ of Adam.</summary>
    public float Decay { get; init; }

    /// <summary>λ₁ of FTRL.</summary>
    public float L1 { get; init; }

    /// <summary>λ₂ of FTRL.</summary>
    public float L2 { get; init; }
}

/// <summary>The rules, each one <see cref="IUpdateRule"/> and one CUDA kernel.</summary>
internal enum UpdateRule
{
    Sgd,
    Momentum,
    Nesterov,
    Adagrad,
    Adam,
    Ftrl,
}
