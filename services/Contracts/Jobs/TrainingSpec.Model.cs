namespace Cluster.Contracts.Jobs;

/// <remarks>What a network can be told; null for what the model's name implies.</remarks>
public sealed partial record TrainingSpec
{
    /// <summary>Most classes of a label.</summary>
    public const int MaxClasses = 65_536;

    /// <summary>Largest whole number that is more likely the number of a class than a quantity.</summary>
    public const int MaxSmallLabel = 999;

    /// <summary>Units of the hidden layers of mlp, from the first on: <see cref="LayerSizes"/>; null for none.</summary>
    public string? Layers { get; init; }

    /// <summary>What follows each hidden layer of mlp, one of <see cref="TrainingNames.Activations"/>; null for relu.</summary>
    public string? Activation { get; init; }

    /// <summary>What the weights of mlp start from, one of <see cref="TrainingNames.Initialisers"/>; null for he before relu and glorot elsewhere.</summary>
    public string? Initialiser { get; init; }

    /// <summary>Classes of the label, 2 to <see cref="MaxClasses"/>, numbered from 0; for softmax and mlp. Null: softmax takes as many as the data set has,
    /// mlp is a regression.</summary>
    public int? Classes { get; init; }

    /// <summary>
    /// For mlp without <see cref="Classes"/>: predict the label as a number, also where it could be a class. Without, labels
    /// that are all whole numbers from 0 to <see cref="MaxSmallLabel"/> are refused.
    /// </summary>
    public bool Regression { get; init; }
}
