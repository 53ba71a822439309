using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Tests.Model;

internal enum Gradient
{
    /// <summary>Example i adds -1 to the gradient of parameter i: with the summed gradient and rate 1 a parameter counts the passes over its example.</summary>
    Counting,

    /// <summary>Squared error with factors of many magnitudes: any other order of the sum gives other bits.</summary>
    OrderSensitive,
}

/// <summary>A job of a scenario.</summary>
internal sealed record JobScenario
{
    public required ulong Seed { get; init; }

    public required int Lanes { get; init; }

    /// <summary>Ps tasks that hold its parameters.</summary>
    public required int Tasks { get; init; }

    public required int Examples { get; init; }

    public required int Batch { get; init; }

    public required int Epochs { get; init; }

    public required bool IsAsync { get; init; }

    /// <summary>Asynchronous: clocks that a lane may be ahead of the slowest one; null for any number.</summary>
    public int? Staleness { get; init; }

    /// <summary>Synchronous without slots: batches of a lane in one step.</summary>
    public int LocalSteps { get; init; } = 1;

    /// <summary>The action at which the user cancels the job, were it alone; 0 for never.</summary>
    public int CancelAt { get; init; }

    /// <summary>Clocks from one evaluation to the next; 0 for none.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>The job ends early with the first evaluated commit of this clock or later; 0 for never.</summary>
    public int StopAt { get; init; }

    public required bool UsesAdagrad { get; init; }

    /// <summary>What is kept beside the last commit.</summary>
    public CheckpointPolicy Checkpoints => new((long)(Seed % 4), (int)(Seed / 4 % 3));

    public Gradient Gradient => IsAsync || !UsesAdagrad && Seed % 2 == 0 ? Gradient.Counting : Gradient.OrderSensitive;

    /// <summary>Whether an evaluation finds the commit at a clock better than all before.</summary>
    public bool IsBest(long clock) => (Seed >> (int)(clock % 64) & 1) == 1;
}

/// <summary>Jobs on one cluster, and the faults that they meet.</summary>
internal sealed record Scenario
{
    public required ulong Seed { get; init; }

    public required IReadOnlyList<JobScenario> Jobs { get; init; }

    public required int Workers { get; init; }

    /// <summary>Percent of deliveries that are lost, doubled or torn.</summary>
    public required int NetworkFaults { get; init; }

    /// <summary>One kill, pause or restart of something in this many actions; 0 for none.</summary>
    public required int ActionsPerFault { get; init; }

    /// <summary>What each step of a commit takes at the store, in simulated time; zero for none.</summary>
    public TimeSpan CommitDelay { get; init; }

    /// <summary>Actions under faults for each job, before all is well and every job must finish.</summary>
    public int Actions { get; init; } = 500;

    public Mutation Mutation { get; init; }

    /// <summary>Ps tasks of the cluster.</summary>
    public int Tasks => Jobs.Max(job => job.Tasks);

    /// <summary>The same with other random choices.</summary>
    public Scenario Shift(ulong by) => this with { Seed = Seed + by, Jobs = [.. Jobs.Select(job => job with { Seed = job.Seed + by })] };

    public override string ToString() =>
        $"seed {Seed}, {Workers} workers, network faults {NetworkFaults} %, commits {CommitDelay}, a fault in {ActionsPerFault} actions, {Actions} actions, "
        + $"{Mutation}: {string.Join("; ", Jobs)}";
}

/// <summary>A rule of the protocol that the simulated services break, to show that the checks would see it.</summary>
internal enum Mutation
{
    None,

    /// <summary>A gradient that was contributed before is passed on as the lane's next one.</summary>
    DuplicateApplied,

    /// <summary>A slice is taken for the version that the worker waits for, whatever its label says.</summary>
    LabelIgnored,

    /// <summary>The previous version is not served.</summary>
    OneVersionOnly,

    /// <summary>The flip compares no generation.</summary>
    FlipAcrossGenerations,

    /// <summary>The flip compares no previous manifest.</summary>
    FlipOverOtherManifest,

    /// <summary>The flip does not look whether the snapshots exist.</summary>
    FlipWithoutSnapshots,

    /// <summary>A commit counts as durable as soon as it is read.</summary>
    DurableUnconfirmed,

    /// <summary>A ps process that lost its memory goes on under the incarnation it had.</summary>
    IncarnationReused,

    /// <summary>Missing blocks are handed to nobody, and items are not published again.</summary>
    NobodySteals,

    /// <summary>A block's lanes are summed from the last to the first.</summary>
    SumBackwards,

    /// <summary>An absent lane is pushed as zeros that count as an example.</summary>
    AbsentAsZero,

    /// <summary>A snapshot is written from the parameters as they are by then.</summary>
    SnapshotOfLiveState,

    /// <summary>A slice that was received in part counts as received.</summary>
    TornSliceAccepted,

    /// <summary>Neither the worker nor the ps task keeps the bound of staleness.</summary>
    BoundIgnored,

    /// <summary>The worker claims to have seen what is there when it pushes, and keeps no bound.</summary>
    SeenOverstated,

    /// <summary>The differences of local steps count alike, whatever examples they are of.</summary>
    LocalDifferencesUnweighted,

    /// <summary>A lane goes on from where its local steps of the round before ended.</summary>
    LocalStateKept,

    /// <summary>The flip does not look whether the job was cancelled.</summary>
    FlipAfterCancel,

    /// <summary>Segments begin whatever evaluations are open.</summary>
    RunsAheadOfEvaluations,

    /// <summary>The flip does not look whether the job has ended early.</summary>
    FlipAfterEnd,

    /// <summary>A decision lets the snapshots of the commit go, also those of the best one.</summary>
    BestReleased,

    /// <summary>What a decision lets go is deleted after it: also where the store has lost the decision meanwhile.</summary>
    ReleasedLater,

    /// <summary>A commit's evaluation is decided again by whoever was late.</summary>
    DecidedTwice,

    /// <summary>What a job no longer needs is deleted by ps task and clock, also of other jobs.</summary>
    DeletesInOtherJobs,

    /// <summary>What an evaluation's decision lets go is deleted by ps task and clock, also of other jobs.</summary>
    ReleasesInOtherJobs,

    /// <summary>The user's cancellation of one job cancels all.</summary>
    CancelReachesOtherJobs,

    /// <summary>The end of one job ends all.</summary>
    FinishReachesOtherJobs,

    /// <summary>Where one ps task cannot end its segment as early as another, they are left with different ends.</summary>
    EndsLeftApart,

    /// <summary>A ps process that drops an ended job's shard drops those of other jobs too.</summary>
    EndDropsOtherModels,
}
