
namespace Cluster.Contracts.Jobs;

/// <summary>Train a model on a data set, over lanes that any worker can compute.</summary>
public sealed partial record TrainingSpec
{
    public const int MaxLanes = 256;
    public const int MaxBatch = 1 << 20;
    public const int MaxEpochs = 1_000_000_000;
    public const long MaxSteps = 1_000_000_000_000;
    public const long MaxSecondsLimit = 31_536_000;
    public const int MaxPatience = 1_000_000;
    public const int MaxParameterStores = 1024;
    public const int MaxLabelLength = 256;
    public const int MaxNameLength = 64;
    public const int MaxStaleness = 64;
    public const int MaxLocalSteps = 1024;

    /// <summary>Most checkpoints of a job that are kept at once, and how many are by default.</summary>
    public const int MaxCheckpoints = 1000, DefaultCheckpoints = 3;

    /// <summary>Largest part of the rows that may be held out.</summary>
    public const double MaxTestFraction = 0.9;

    /// <summary>Most features that can be standardised: their statistics are part of the plan.</summary>
    public const int MaxStandardisedFeatures = 4096;

    /// <summary>Most bytes of gradients under way that one ps task sets aside for a job.</summary>
    public const long MaxStagingBytes = 1L << 30;

    /// <summary>Name of a model that the cluster's coordinator and workers have: 1 to <see cref="MaxNameLength"/> lower-case letters, digits or '-'.</summary>
    public string Model { get; init; } = TrainingNames.Linear;

    /// <summary>
    /// Id or name of a data set: 1 to <see cref="MaxNameLength"/> lower-case letters, digits or '-'; null for the example of a
    /// line. A job keeps the id that the name stood for when it was submitted.
    /// </summary>
    public string? Data { get; init; }

    /// <summary>Name of the data set's label, 1 to <see cref="MaxLabelLength"/> characters, which must be the one that it was loaded with;
    /// null for whichever that is.</summary>
    public string? Label { get; init; }

    /// <summary>Part of the rows that is held out of training, chosen by <see cref="Seed"/>: 0 for none, to <see cref="MaxTestFraction"/>.</summary>
    public double TestFraction { get; init; }

    /// <summary>Shift and scale each feature to mean 0 and standard deviation 1 over the training rows.</summary>
    public bool Standardise { get; init; }

    /// <summary>How gradients are applied, one of <see cref="TrainingNames.Modes"/>.</summary>
    public string Mode { get; init; } = TrainingNames.Sync;

    /// <summary>Logical workers, 1 to <see cref="MaxLanes"/>.</summary>
    public int Lanes { get; init; } = 8;

    /// <summary>Examples a lane and step, 1 to <see cref="MaxBatch"/>.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Passes of all lanes together over the data, 1 to <see cref="MaxEpochs"/>.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The update rule, one of <see cref="TrainingNames.Optimizers"/>.</summary>
    public string Optimizer { get; init; } = TrainingNames.Sgd;

    /// <summary>Finite and above 0. In mode sync of the lanes' mean gradient, in the others of each lane's:
    /// there up to <see cref="Lanes"/> times as much.</summary>
    public required float LearningRate { get; init; }

    /// <summary>Adagrad's accumulator before the first step, finite and above 0.</summary>
    public float InitialAccumulator { get; init; } = 0.1f;

    /// <summary>Start of each weight, finite; null for -1 in the example and 0 otherwise.</summary>
    public float? StartWeight { get; init; }

    /// <summary>Start of the bias, finite; null for -2 in the example and 0 otherwise.</summary>
    public float? StartBias { get; init; }

    /// <summary>Seed of the order of examples, of the rows held out, of the start and of the example's noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>Ps tasks that hold the parameters, 0 to <see cref="MaxParameterStores"/>; 0 for all.</summary>
    public int ParameterStores { get; init; }

    /// <summary>Record which ps task holds each variable.</summary>
    public bool LogDevicePlacement { get; init; }

    /// <summary>Steps after which the job ends, however many epochs they take, 1 to <see cref="MaxSteps"/>; 0 for <see cref="Epochs"/>.</summary>
    public long Steps { get; init; }

    /// <summary>Seconds after which the job ends at its next commit, 1 to <see cref="MaxSecondsLimit"/>; 0 for no limit.
    /// What it ends with depends on speed.</summary>
    public long MaxSeconds { get; init; }

    /// <summary>Steps from one evaluation to the next, 1 to <see cref="MaxSteps"/>; 0 for none.</summary>
    public long EvaluateSteps { get; init; }

    /// <summary>Epochs from one evaluation to the next, 1 to <see cref="MaxEpochs"/>; 0 for none. Not both this and <see cref="EvaluateSteps"/>.</summary>
    public int EvaluateEpochs { get; init; }

    /// <summary>Metric that decides which commit is best and when to stop: 1 to <see cref="MaxNameLength"/> lower-case letters, digits or '-'.</summary>
    public string Monitor { get; init; } = TrainingNames.Loss;

    /// <summary>Evaluations without an improvement after which the job ends, 1 to <see cref="MaxPatience"/>; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>By how much a value must be better to count as an improvement, 0 to 1e300.</summary>
    public double MinDelta { get; init; }

    /// <summary>Value of the monitored metric at which the job ends, -1e300 to 1e300; null for none.</summary>
    public double? Target { get; init; }

    /// <summary>Steps between two checkpoints, at least 1; 0 for none by steps.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Epochs between two checkpoints, 1 to <see cref="MaxEpochs"/>; 0 for none by epochs.</summary>
    public int CheckpointEveryEpochs { get; init; }

    /// <summary>Checkpoints that are kept beside the last commit, 0 to <see cref="MaxCheckpoints"/>.</summary>
    public int KeepCheckpoints { get; init; } = DefaultCheckpoints;

    /// <summary>The checkpoint to begin with: a job, <c>JOB@CLOCK</c> or the name of a kept or imported one; null to begin anew.</summary>
    public string? From { get; init; }

    /// <summary>Take the parameters of <see cref="From"/> alone: clocks, slots and the order of examples begin anew, on any data.</summary>
    public bool WeightsOnly { get; init; }

    /// <summary>Mode ssp: clocks that a lane may be ahead of the slowest one, 0 to <see cref="MaxStaleness"/>; 0 in the other modes.</summary>
    public int Staleness { get; init; }

    /// <summary>
    /// Mode sync with plain gradient descent: batches of a lane in one step, 1 to <see cref="MaxLocalSteps"/>. With more than
    /// one, each lane makes that many steps from the common parameters by itself, and the lanes' differences are averaged.
    /// </summary>
    public int LocalSteps { get; init; } = 1;

    /// <summary>Everything that is wrong with the spec by itself.</summary>
    public IReadOnlyList<SpecViolation> Validate() => TrainingSpecValidator.Instance.Violations(this);

    /// <summary>
    /// Bytes of the gradients that one ps task may have under way: ⌈lanes/2⌉ partial sums that wait for their other half, and
    /// one push for each stream, each as long as the task's range.
    /// </summary>
    /// <param name="parameters">Parameters of the model, at least 1.</param>
    /// <param name="stores">Ps tasks that share them, at least 1.</param>
    /// <param name="streams">Exchange streams open at once to a task, at least 1.</param>
    public long StagingBytes(long parameters, int stores, int streams)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stores, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        var range = ((parameters - 1) / stores) + 1;
        return checked((((Lanes + 1L) / 2) + streams) * range * sizeof(float));
    }

    /// <summary>What is wrong once model and cluster are known: the staging memory of a ps task.</summary>
    /// <inheritdoc cref="StagingBytes" path="/param"/>
    public IReadOnlyList<SpecViolation> ValidateStaging(long parameters, int stores, int streams)
    {
        var bytes = StagingBytes(parameters, stores, streams);
        return bytes <= MaxStagingBytes
            ? []
            : [new SpecViolation("lanes", $"{Lanes}", $"gradients under way would take {bytes} bytes on each of {stores} ps tasks; must be at most "
            + $"{MaxStagingBytes}")];
    }
}
