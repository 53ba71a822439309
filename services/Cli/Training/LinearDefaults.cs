using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary>What <c>train linear</c> does where its options are silent.</summary>
internal sealed record LinearDefaults(string Mode, int Lanes, int Batch, int Epochs, float AdagradRate)
{
    /// <summary>The rate of plain gradient descent: the example diverges at Adagrad's.</summary>
    public const float SgdRate = 0.01f;

    public const string Optimizer = TrainingNames.Adagrad;
    public const float InitialAccumulator = 0.1f;

    /// <summary>TensorFlow's: 100 epochs on each of two workers are 200 passes of two lanes together.</summary>
    public static LinearDefaults Example { get; } = new(TrainingNames.Async, Lanes: 2, Batch: 1, Epochs: 200, AdagradRate: 0.8f);

    /// <summary>A data set of one's own: reproducible, and enough lanes for a few workers.</summary>
    public static LinearDefaults OwnData { get; } = new(TrainingNames.Sync, Lanes: 8, Batch: 8, Epochs: 100, AdagradRate: 0.5f);

    public float LearningRate(string optimizer) => optimizer == TrainingNames.Sgd ? SgdRate : AdagradRate;
}
