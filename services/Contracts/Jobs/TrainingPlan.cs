using Cluster.Protocol.Lanes;

namespace Cluster.Contracts.Jobs;

/// <summary>A training job as it is carried out: its spec, and what was fixed when it began. Coordinator and workers read it from Redis.</summary>
public sealed record TrainingPlan
{
    /// <summary>The spec as submitted.</summary>
    public required TrainingSpec Spec { get; init; }

    /// <summary>Examples of the data set, at least 1.</summary>
    public required long Rows { get; init; }

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

    /// <summary>Fingerprint of the data set; empty for the example, whose data follow from the seed.</summary>
    public string DataFingerprint { get; init; } = "";

    /// <summary>Names of the features in order; empty for the example.</summary>
    public IReadOnlyList<string> FeatureNames { get; init; } = [];

    /// <summary>The checkpoint that the job began with; null for none.</summary>
    public PlannedStart? Start { get; init; }

    /// <summary>Ps tasks that share the parameters.</summary>
    public int Stores => Offsets.Count - 1;

    /// <summary>Parameters of the model.</summary>
    public int Parameters => Offsets[^1];

    /// <summary>Whether each lane has a clock of its own.</summary>
    public bool IsAsync => Spec.Mode is TrainingNames.Async or TrainingNames.Ssp;

    /// <summary>Clocks that a lane may be ahead of the slowest one; null where that is not what bounds it.</summary>
    public int? Staleness => Spec.Mode == TrainingNames.Ssp ? Spec.Staleness : null;

    /// <summary>Which examples each lane takes at each clock.</summary>
    public EpochSchedule Schedule() => new(Rows, Spec.Lanes, Spec.Batch, Spec.Epochs, Spec.LocalSteps);

    /// <summary>Clocks between two checkpoints; 0 for none.</summary>
    public long CheckpointClocks() => Spec.CheckpointEveryEpochs > 0
        ? checked(Spec.CheckpointEveryEpochs * Schedule().StepsPerEpoch)
        : Spec.CheckpointEverySteps;

    /// <summary>Floats in the range of a ps task.</summary>
    public int Length(int task) => Offsets[task + 1] - Offsets[task];

    /// <summary>The tensor that holds a parameter.</summary>
    public PlannedTensor TensorAt(int parameter) => Tensors.Last(tensor => tensor.Offset <= parameter);
}

/// <summary>What a job began with.</summary>
/// <param name="Checkpoint">The checkpoint, with its clock.</param>
/// <param name="Clock">The clock from which the job went on; 0 where it took the parameters alone.</param>
/// <param name="WeightsOnly">Whether it took the parameters alone.</param>
public sealed record PlannedStart(string Checkpoint, long Clock, bool WeightsOnly);

/// <summary>A named part of the parameters.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Shape">Sizes of its dimensions, row-major; empty for a scalar.</param>
/// <param name="Offset">Its first parameter.</param>
/// <param name="Length">Its parameters.</param>
public sealed record PlannedTensor(string Name, IReadOnlyList<int> Shape, int Offset, int Length);
