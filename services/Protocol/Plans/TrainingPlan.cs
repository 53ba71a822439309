using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Plans;

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

    /// <summary>Features of an example, at least 1.</summary>
    public required int Features { get; init; }

    /// <summary>Where each ps task's range starts among the parameters, and last the number of all of them.</summary>
    public required IReadOnlyList<int> Offsets { get; init; }

    /// <summary>Exchange streams that a ps task takes for this job at once.</summary>
    public required int Streams { get; init; }

    /// <summary>Values that the optimizer keeps beside each parameter.</summary>
    public required int Slots { get; init; }

    /// <summary>The model's tensors in the order in which their parameters are exchanged: the model's own, or by ps task.</summary>
    public required IReadOnlyList<PlannedTensor> Tensors { get; init; }

    /// <summary>What evaluations sum, the loss first.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [Metric.Loss];

    /// <summary>The one that decides which commit is the best.</summary>
    public Metric Monitored => Metrics.Single(metric => metric.Name == Spec.Monitor);

    /// <summary>Fingerprint of the data set; empty for the example, whose data follow from the seed.</summary>
    public string DataFingerprint { get; init; } = "";

    /// <summary>Names of the features in order; empty for the example.</summary>
    public IReadOnlyList<string> FeatureNames { get; init; } = [];

    /// <summary>What the user ought to look at in the data, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The checkpoint that the job began with; null for none.</summary>
    public PlannedStart? Start { get; init; }

    /// <summary>Names of the tensors in that order.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> TensorNames => [.. Tensors.Select(tensor => tensor.Name)];

    /// <summary>Ps tasks that share the parameters.</summary>
    public int Stores => Offsets.Count - 1;

    /// <summary>Parameters of the model.</summary>
    public int Parameters => Offsets[^1];

    /// <summary>Whether each lane has a clock of its own.</summary>
    public bool IsAsync => Spec.Mode is TrainingNames.Async or TrainingNames.Ssp;

    /// <summary>Clocks that a lane may be ahead of the slowest one; null where that is not what bounds it.</summary>
    public int? Staleness => Spec.Mode == TrainingNames.Ssp ? Spec.Staleness : null;

    /// <summary>Which examples each lane takes at each clock.</summary>
    public EpochSchedule Schedule() => new(TrainRows, Spec.Lanes, Spec.Batch, Spec.Epochs, Spec.LocalSteps, Spec.Steps);

    /// <summary>At which clocks it is evaluated.</summary>
    public EvaluationSchedule Evaluations()
    {
        var schedule = Schedule();
        var every = Spec.EvaluateSteps > 0 ? Spec.EvaluateSteps : Spec.EvaluateEpochs * schedule.StepsPerEpoch;
        return new EvaluationSchedule(every, schedule.TotalClocks);
    }

    /// <summary>The examples that it is evaluated on while it is trained.</summary>
    public EvaluationSet EvaluationSet => RowsOf(EvaluationSet.HeldOut) > 0 ? EvaluationSet.HeldOut : EvaluationSet.Training;

    /// <summary>How many examples a set has.</summary>
    public long RowsOf(EvaluationSet set) => set == EvaluationSet.Training ? TrainRows : TestRows;

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
public sealed record PlannedTensor(string Name, IReadOnlyList<int> Shape, int Offset, int Length)
{
    /// <summary>Its first parameter in the order of the model itself, in which checkpoints are read and fingerprints computed;
    /// null where that is <see cref="Offset"/>.</summary>
    public int? OwnOffset { get; init; }

    /// <summary>Its first parameter in the order of the model itself.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int First => OwnOffset ?? Offset;
}
