namespace Cluster.Models.Dense;

/// <summary>What a network's last layer is compared with its label by.</summary>
public enum OutputLoss
{
    /// <summary>One output y: (y - label)².</summary>
    SquaredError,

    /// <summary>One output z, the logit of class 1: cross-entropy of sigmoid(z) with a label of 0 or 1.</summary>
    SigmoidCrossEntropy,

    /// <summary>A logit for each class: cross-entropy of their softmax with a label from 0 to classes - 1.</summary>
    SoftmaxCrossEntropy,
}
