using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class RunPiTests
{
    private static readonly PiSpec Spec = new() { Points = 1999, Seed = 42 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunPiAsync_Succeeds_ReturnsTypedResultAndProgress()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var progress = new ListedProgress();

        var result = await client.RunPiAsync(Spec, progress, cancellationToken: Token);

        // p = 1572/2000 = 0.786; 4·√(0.786·0.214/2000) = 0.0366832...
        Assert.Equal((2000L, 42UL, 1572L, 3.144), (result.Points, result.Seed, result.Inside, result.Pi));
        Assert.Equal(0.03668, result.StandardError, 0.00001);
        Assert.Equal((TimeSpan.FromSeconds(2.5), SampleJobs.Id), (result.Elapsed, result.JobId));
        Assert.Equal([(500L, JobState.Running), (2000L, JobState.Succeeded)], progress.Reports.Select(p => (p.Done, p.State)));
        Assert.Equal((0.25, TimeSpan.FromSeconds(1.5)), (progress.Reports[0].Fraction, progress.Reports[0].Remaining));
    }

    /// <summary>Two points that are both inside do not make π 4 ± 0: 4·√(π/4·(1 - π/4)/2) = 1.1612.</summary>
    [Theory]
    [InlineData(2, 4.0)]
    [InlineData(0, 0.0)]
    public async Task RunPiAsync_AllPointsAgree_HasAnErrorAllTheSame(int inside, double pi)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var job = SampleJobs.Succeeded();
        job.ResultJson = $$"""{"points":2,"inside":{{inside}}}""";
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var result = await client.RunPiAsync(Spec, cancellationToken: Token);

        Assert.Equal(pi, result.Pi);
        Assert.Equal(1.1612, result.StandardError, 0.0001);
    }

    [Fact]
    public async Task RunPiAsync_JobFails_ThrowsWithReason()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = EndsAs(V1.JobState.Failed, "range [0, 64): it broke");

        var error = await Assert.ThrowsAsync<JobFailedException>(() => client.RunPiAsync(Spec, cancellationToken: Token));

        Assert.Equal((SampleJobs.Id, "range [0, 64): it broke"), (error.JobId, error.Reason));
    }

    [Fact]
    public async Task RunPiAsync_SomebodyElseCancels_ThrowsJobCancelled()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = EndsAs(V1.JobState.Cancelled, "wrong seed");

        var error = await Assert.ThrowsAsync<JobCancelledException>(() => client.RunPiAsync(Spec, cancellationToken: Token));

        Assert.Equal((SampleJobs.Id, "wrong seed"), (error.JobId, error.Reason));
    }

    [Fact]
    public async Task RunPiAsync_TokenCancelled_DetachesAndLeavesTheJobAlone()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Watch = RunsForEver;

        var error = await Assert.ThrowsAsync<JobDetachedException>(() => client.RunPiAsync(Spec, new CancelOnFirst(source), cancellationToken: source.Token));

        Assert.Equal(SampleJobs.Id, error.JobId);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Empty(coordinator.Received<V1.CancelRequest>());
    }

    [Fact]
    public async Task RunPiAsync_TokenCancelledWithCancelJob_CancelsAndWaitsForConfirmation()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Watch = RunsForEver;
        coordinator.Script.Cancel = (_, _) =>
        {
            coordinator.Script.Watch = EndsAs(V1.JobState.Cancelled, "cancelled by its caller");
            return Task.FromResult(SampleJobs.Running());
        };

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.RunPiAsync(Spec, new CancelOnFirst(source), OnCancellation.CancelJob, source.Token));

        Assert.IsNotType<JobDetachedException>(error);
        Assert.Equal(SampleJobs.Id, Assert.Single(coordinator.Received<V1.CancelRequest>()).Id);
        Assert.Equal(2, coordinator.Received<V1.WatchRequest>().Count);
    }

    [Fact]
    public async Task RunPiAsync_JobFasterThanItsCancel_ReturnsResult()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Watch = RunsForEver;
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleJobs.Succeeded());

        var result = await client.RunPiAsync(Spec, new CancelOnFirst(source), OnCancellation.CancelJob, source.Token);

        Assert.Equal(SampleJobs.Inside, result.Inside);
    }

    [Theory]
    [InlineData("""{"points":10,"inside":11}""")]
    [InlineData("""{"points":0,"inside":0}""")]
    [InlineData("""{"points":"many"}""")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("")]
    public async Task RunPiAsync_RecordThatCannotBe_ThrowsNamingTheJob(string result)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var job = SampleJobs.Succeeded();
        job.ResultJson = result;
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var error = await Assert.ThrowsAsync<ClusterException>(() => client.RunPiAsync(Spec, cancellationToken: Token));

        Assert.Contains(SampleJobs.Id, error.Message, StringComparison.Ordinal);
    }

    private static Func<V1.WatchRequest, IServerStreamWriter<V1.JobUpdate>, ServerCallContext, Task> EndsAs(V1.JobState state, string error)
        => (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Ended(state, error) });

    private static async Task RunsForEver(V1.WatchRequest request, IServerStreamWriter<V1.JobUpdate> stream, ServerCallContext context)
    {
        await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Running() });
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    private sealed class ListedProgress : IProgress<JobProgress>
    {
        public List<JobProgress> Reports { get; } = [];

        public void Report(JobProgress value) => Reports.Add(value);
    }

    private sealed class CancelOnFirst(CancellationTokenSource source) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => source.Cancel();
    }
}
