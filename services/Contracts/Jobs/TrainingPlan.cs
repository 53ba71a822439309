using Cluster.Protocol.Lanes;

namespace Cluster.Contracts.Jobs;

/// <summary>A training job as it is carried out: its spec, and what was fixed when it began. Coordinator and workers read it from Redis.</summary>
public sealed record TrainingPlan
{
    /// <summary>The spec as submitted.</summary>
    public required TrainingSpec Spec { get; init; }

    /// <summary>Rows of the data set, at least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows of the data set that are held out of training; see DataSplit.</summary>
    public long TestRows { get; init; }

    /// <summary>Rows that are trained on.</summary>
    public long TrainRows => Rows - TestRows;

    /// <summary>What the features are shifted and scaled by, for training and for every prediction; null for nothing.</summary>
    public Standardisation? Standardisation { get; init; }

    /// <summary>Fingerprint of the data set: of its columns and values.</summary>
    public string DataFingerprint { get; init; } = "";

    /// <summary>Features of an example, at least 1.</summary>
    public required int Features { get; init; }

    /// <summary>Where each ps task's range starts among the parameters, and last the number of all of them.</summary>
    public required IReadOnlyList<int> Offsets { get; init; }

    /// <summary>Exchange streams that a ps task takes for this job at once.</summary>
    public required int Streams { get; init; }

    /// <summary>Values that the optimizer keeps beside each parameter.</summary>
    public required int Slots { get; init; }

    /// <summary>The model's tensors in the order of the parameters.</summary>
    public required IReadOnlyList<PlannedTensor> Tensors { get; init; }

    /// <summary>Ps tasks that share the parameters.</summary>
    public int Stores => Offsets.Count - 1;

    /// <summary>Parameters of the model.</summary>
    public int Parameters => Offsets[^1];

    public bool IsAsync => Spec.Mode == TrainingNames.Async;

    /// <summary>Which examples each lane takes at each clock.</summary>
    public EpochSchedule Schedule() => new(TrainRows, Spec.Lanes, Spec.Batch, Spec.Epochs);

    /// <summary>Floats in the range of a ps task.</summary>
    public int Length(int task) => Offsets[task + 1] - Offsets[task];

    /// <summary>The tensor that holds a parameter.</summary>
    public PlannedTensor TensorAt(int parameter) => Tensors.Last(tensor => tensor.Offset <= parameter);
}

/// <summary>A named part of the parameters.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Shape">Sizes of its dimensions, row-major; empty for a scalar.</param>
/// <param name="Offset">Its first parameter.</param>
/// <param name="Length">Its parameters.</param>
public sealed record PlannedTensor(string Name, IReadOnlyList<int> Shape, int Offset, int Length);
