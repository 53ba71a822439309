using Cluster.Contracts.Jobs;
using static System.FormattableString;

namespace Cluster.Cli.Training;

/// <summary>What <c>train</c> does where its options are silent.</summary>
internal sealed record TrainingDefaults(string Mode, int Lanes, int Batch, int Epochs, float AdagradRate)
{
    /// <summary>The rate of plain gradient descent: the example diverges at Adagrad's.</summary>
    public const float SgdRate = 0.01f;

    public const string Optimizer = TrainingNames.Adagrad;
    public const float InitialAccumulator = 0.1f;

    /// <summary>TensorFlow's: 100 epochs on each of two workers are 200 passes of two lanes together.</summary>
    public static TrainingDefaults Example { get; } = new(TrainingNames.Async, Lanes: 2, Batch: 1, Epochs: 200, AdagradRate: 0.8f);

    /// <summary>A data set of one's own: reproducible, and enough lanes for a few workers.</summary>
    public static TrainingDefaults OwnData { get; } = new(TrainingNames.Sync, Lanes: 8, Batch: 8, Epochs: 100, AdagradRate: 0.5f);

    /// <summary>Those for what was read so far: whether it has data of its own.</summary>
    public static TrainingDefaults For(TrainingSpec spec) => spec.Data is null ? Example : OwnData;

    /// <summary><c>Default: 2, with --data 8.</c>, for a help page.</summary>
    public static string Text<T>(Func<TrainingDefaults, T> value) => Invariant($"Default: {value(Example)}, with --data {value(OwnData)}.");

    public float LearningRate(string optimizer) => optimizer == TrainingNames.Sgd ? SgdRate : AdagradRate;
}
