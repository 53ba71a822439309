using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Segments of half a minute, some 1,800 clocks: what is to happen does not wait for their end.</summary>
public sealed class LongSegmentTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    // No more than a third of a segment on any machine: 8 lanes of 4 ms on two workers.
    private const long Soon = 625;

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        ParameterStores = 2,
        TestModels = true,
        CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__SegmentDuration"] = "00:00:30" },
    };

    [Fact(Timeout = TestLimit)]
    public async Task Submit_ComputationAndTraining_AreDoneBeforeTheSegmentEnds()
    {
        var (cluster, long_, before) = await BeginAsync();

        var pi = await cluster.Client.RunPiAsync(new PiSpec { Points = 1_000_000, Seed = 42 }, cancellationToken: Ct).WaitAsync(Limit, Ct);
        var afterPi = await cluster.Client.GetJobAsync(long_.Id, Ct);
        var small = Counting(TrainingNames.Sync, epochs: 2);
        AssertCounted(small, await EndAsync(cluster, await cluster.Client.SubmitAsync(small, cancellationToken: Ct)));
        var afterSmall = await cluster.Client.GetJobAsync(long_.Id, Ct);

        Assert.Equal(1_000_000, pi.Points);
        AssertSoon(before, afterPi);
        AssertSoon(afterPi, afterSmall);
        await cluster.Client.CancelAsync(long_.Id, cancellationToken: Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_Worker_GetsLanesBeforeTheSegmentEnds()
    {
        var cluster = await ShareClusterAsync(Options);
        await cluster.Workers[1].StopAsync(Ct);
        await Poll.UntilAsync("one worker is left", () => cluster.WorkerTasksAsync(Ct), workers => workers.Length == 1, Limit, Ct);
        var (_, job, before) = await BeginAsync();

        await cluster.Workers[1].StartAsync(Ct);
        await Poll.UntilAsync("both work for the job", () => cluster.WorkerTasksAsync(Ct),
            workers => workers.Length == 2 && workers.All(worker => worker.Devices[0].Doing.StartsWith(job.Id, StringComparison.Ordinal)), Limit, Ct);

        AssertSoon(before, await cluster.Client.GetJobAsync(job.Id, Ct));
        await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Cancel_LongSegment_EndsItAndCommitsWhatThereIs()
    {
        var (cluster, job, before) = await BeginAsync();

        await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
        var ended = await EndAsync(cluster, job);

        Assert.Equal(JobState.Cancelled, ended.State);
        AssertSoon(before, ended);
        Assert.True(ended.Training!.CommittedClock >= before.Training!.CommittedClock);
        Assert.True(ended.Training.CommittedClock > 0);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_WithATimeLimit_EndsAtItWithACommit()
    {
        var cluster = await ShareClusterAsync(Options);
        await UploadPacedAsync(cluster);

        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(Counting(TrainingNames.Sync, epochs: 10_000) with { MaxSeconds = 3 },
            cancellationToken: Ct));

        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.InRange(TrainedModel.FromJob(ended).Steps, 1, Soon);
    }

    /// <summary>A job whose open segment is long, and how it stands.</summary>
    private async Task<(TestCluster Cluster, JobInfo Job, JobInfo Before)> BeginAsync()
    {
        var cluster = await ShareClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var job = await cluster.Client.SubmitAsync(Counting(TrainingNames.Sync, epochs: 10_000), cancellationToken: Ct);
        return (cluster, job, await UntilAsync(cluster, job, "a long segment is open", j => j.Training is { Segments: >= 3 } && j.Progress.Done > 30));
    }

    private static void AssertSoon(JobInfo before, JobInfo after)
    {
        Say(FormattableString.Invariant($"{after.Progress.Done - before.Progress.Done:0} clocks on, {after.Training!.Segments} segments"));
        Assert.InRange(after.Progress.Done - before.Progress.Done, 0, Soon);
    }
}
