using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Cluster.TestModels;

namespace Cluster.EndToEnd.Training;

/// <summary>A test of training on the cluster that its class shares.</summary>
public abstract class TrainingTest(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    /// <summary>A data set for the counting models: feature id, label pace.</summary>
    private protected const string Paced = "paced", Pace = "pace";

    /// <summary>Such that the last step of an epoch is short.</summary>
    private protected const int PacedRows = 600;

    /// <summary>
    /// What a batch takes, away from the processor: a job lasts as long as a fault needs to hit it, and costs little while it does.
    /// </summary>
    private protected const int PaceMilliseconds = 4;

    /// <summary>Clocks, in mode ssp.</summary>
    private protected const int Bound = CountingSpec.Staleness;

    /// <summary>Short segments, and little patience: a stopped worker takes an item with it,
    /// and keeps it for as long as its connection to the broker lives.</summary>
    private protected static TestClusterOptions ThreeWorkers { get; } = new(Workers: 3)
    {
        ParameterStores = 2,
        TestModels = true,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LongestSegment"] = "00:00:00.3",
            ["Coordinator__LaneGrace"] = "00:00:02",
            ["Coordinator__RangePatience"] = "00:00:02",
        },
    };

    /// <summary>Tests stop workers of it one after the other.</summary>
    private protected static TestClusterOptions FiveWorkers { get; } = new(Workers: 5) { ParameterStores = 3 };

    /// <summary>Segments of a tenth of a second.</summary>
    private protected static TestClusterOptions ShortSegments { get; } = new(Workers: 3)
    {
        ParameterStores = 3,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.1",
            ["Coordinator__LongestSegment"] = "00:00:00.1"
        },
    };

    /// <summary>Lanes that take a few milliseconds for a batch, whatever else the machine does: ten epochs are some seconds on three workers.</summary>
    private protected static TrainingSpec Counting(string mode, int epochs, ulong seed = 5) => CountingSpec.Of(Paced, Pace, mode, epochs) with { Seed = seed };

    private protected static Task UploadPacedAsync(TestCluster cluster) => UploadAsync(cluster, Paced, Pace, PacedRows, _ => PaceMilliseconds);

    /// <summary>Stores a data set of rows (id, label).</summary>
    private protected static Task UploadAsync(TestCluster cluster, string id, string label, int rows, Func<int, float> labelOf)
        => cluster.UploadAsync(id, label, TestData.Csv(["id", label], rows, row => [row, labelOf(row)]), Ct);

    private protected static Task<JobInfo> UntilAsync(TestCluster cluster, JobInfo job, string what, Func<JobInfo, bool> holds)
        => Poll.UntilAsync(what, () => cluster.Client.GetJobAsync(job.Id, Ct), holds, Limit, Ct);

    /// <summary>Waits until a number of commits have followed those that a job had.</summary>
    private protected static Task<JobInfo> UntilCommittedAsync(TestCluster cluster, JobInfo job, JobInfo before, int commits) => UntilAsync(
        cluster, job, FormattableString.Invariant($"{commits} more commits"),
        j => j.Training is { } training && training.Commits >= before.Training!.Commits + commits);

    private protected static async Task<JobInfo> EndAsync(TestCluster cluster, JobInfo job)
        => await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);

    private protected static async Task<TrainedModel> TrainAsync(TestCluster cluster, TrainingSpec spec)
        => await cluster.Client.TrainAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct);

    /// <summary>Each example contributed once an epoch; and where bits are promised, they are those of one worker without faults.</summary>
    private protected static void AssertCounted(TrainingSpec spec, JobInfo ended)
    {
        var model = TrainedModel.FromJob(ended.EnsureSucceeded());
        Assert.All(model.Parameters!["count"], count => Assert.Equal(spec.Epochs, count));
        Assert.Equal((long)spec.Epochs * PacedRows, model.Examples);
        Assert.Equal(model.Examples, ended.Training!.CommittedExamples);
        AssertStaleness(spec, model, ended.Training);
        if (spec.Mode == TrainingNames.Sync)
            Assert.Equal(SequentialTraining.Fingerprint(SequentialTraining.Count(spec, PacedRows)), model.Fingerprint);
    }

    /// <summary>Every applied gradient is in the histogram, once for each ps task, and none is beyond the bound.</summary>
    private static void AssertStaleness(TrainingSpec spec, TrainedModel model, TrainingProgress training)
    {
        Say($"{spec.Mode}: staleness [{string.Join(' ', training.Staleness)}], refusals {string.Join(' ', training.Refusals)}");
        if (spec.Mode == TrainingNames.Sync)
        {
            Assert.Empty(training.Staleness);
            return;
        }

        if (spec.Mode == TrainingNames.Ssp) Assert.InRange(training.Staleness.Count, 1, Bound + 1);
        // What a recovery computed again was applied again. No lane is without examples at any clock of these jobs.
        var applied = model.Steps * spec.Lanes * training.ParameterStores;
        if (training.Generations == 1) Assert.Equal(applied, training.Staleness.Sum());
        Assert.DoesNotContain("Stale", training.Refusals.Keys);
        Assert.DoesNotContain("Malformed", training.Refusals.Keys);
    }

    /// <summary>Notes how long the cluster took to recover.</summary>
    private protected static void SayRecovery(string fault, string mode, long since)
        => Say(FormattableString.Invariant($"{fault}, {mode}: recovered after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s"));
}
