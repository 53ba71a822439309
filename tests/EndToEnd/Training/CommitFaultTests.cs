using System.Diagnostics;
using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>The coordinator dies, or stands still while a ps task dies, between two lines of the commit protocol.</summary>
public sealed class CommitFaultTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 20;

    // Seven starts of a coordinator.
    private const int LongLimit = 2 * TestLimit;

    // In the order of a job's life: its generation, a segment, its commit.
    private static readonly string[] Points =
    [
        "before training.generation", "after Open", "after Advance", "before training.published", "after training.published",
        "before training.flip", "after training.flip",
    ];

    private readonly string _point = Path.GetTempFileName();

    private TestClusterOptions Options => new(Workers: 2)
    {
        ParameterStores = 2,
        TestModels = true,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.2",
            ["Coordinator__LongestSegment"] = "00:00:00.2",
            ["Coordinator__LaneGrace"] = "00:00:02",
            ["TEST_FAULT_POINT_FILE"] = _point,
        },
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(_point);
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = LongLimit)]
    public async Task Kill_CoordinatorAtEachLineOfTheCommit_EveryExampleCountsOnce()
    {
        await File.WriteAllTextAsync(_point, $"kill {Points[0]}", Ct);
        var cluster = await StartClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs);
        var submitting = cluster.Client.SubmitAsync(spec, cancellationToken: Ct);

        foreach (var next in (IEnumerable<string>)[.. Points.Skip(1).Select(point => $"kill {point}"), ""])
        {
            await cluster.Coordinator.UntilEndedAsync(Limit, Ct);
            var killed = Stopwatch.GetTimestamp();
            await File.WriteAllTextAsync(_point, next, Ct);
            await cluster.Coordinator.StartAsync(Ct);
            Say(string.Create(CultureInfo.InvariantCulture,
                $"the next coordinator answers after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.00} s; it is to die: "
                + $"{next}"));
        }

        var ended = await EndAsync(cluster, await submitting);
        AssertCounted(spec, ended);
        Assert.Equal(1 + Points.Length, ended.Progress.Chiefs);
        // Before the first one was noted, and after: a coordinator's death costs no generation.
        Assert.InRange(ended.Training!.Generations, 1, 2);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_StoreBetweenSnapshotAndFlip_TheCommitStandsAndTheJobGoesOnFromIt()
    {
        await File.WriteAllTextAsync(_point, "stop before training.flip", Ct);
        var cluster = await StartClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs / 2);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        await Poll.UntilAsync("the coordinator stands before a flip", () => Task.FromResult(ProcessTable.IsSuspended(cluster.Coordinator.Id)),
            stands => stands, Limit, Ct);
        var store = cluster.ParameterStores[1];

        await store.KillAsync(Ct);
        var killed = Stopwatch.GetTimestamp();
        cluster.Coordinator.Resume();
        var before = await UntilAsync(cluster, job, "the flip is done without the ps task", j => j.Training is { CommittedClock: > 0 });
        await store.StartAsync(Ct);
        await UntilCommittedAsync(cluster, job, before, commits: 1);

        SayRecovery("ps task killed between snapshot and flip", spec.Mode, killed);
        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.Equal(2, ended.Training!.Generations);
    }
}
