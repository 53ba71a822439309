using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Standalone.Tests;

/// <summary>Jobs through every service on embedded parts.</summary>
public sealed class EmbeddedClusterTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    private const int TestLimit = 300_000;

    [Theory(Timeout = TestLimit)]
    [InlineData(42UL, 2_000, 1_572)]
    [InlineData(42UL, 1 << 21, 1_647_312)]
    [InlineData(42UL, 1 << 24, 13_175_839)]
    [InlineData(0UL, 1 << 21, 1_646_914)]
    public async Task RunPi_KnownAnswers_AreExact(ulong seed, long points, long inside)
    {
        var result = await embedded.Client.RunPiAsync(new PiSpec { Points = points, Seed = seed }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((points, inside), (result.Points, result.Inside));
    }

    /// <summary>On a machine that is too busy, a command has its result and must not end with a stack trace.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Dispose_ServiceThatDoesNotStopInTime_EndsWithoutIt()
    {
        var stuck = new StuckService();
        var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions
        {
            Workers = 1,
            Configure = services => services.AddSingleton<IHostedService>(stuck)
            .Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200)),
        }, TestContext.Current.CancellationToken);

        await cluster.DisposeAsync();

        Assert.True(stuck.WasToldToStop);
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunPi_TaskStopsInTheMiddle_CountsTheSame()
    {
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 2 }, TestContext.Current.CancellationToken);
        await using var client = Client.ClusterClient.Connect(cluster.Connection);
        var job = await client.SubmitAsync(new PiSpec { Points = 2_000_000_000, Seed = 42 }, cancellationToken: TestContext.Current.CancellationToken);

        var doneAtStop = 0L;
        JobInfo? last = null;
        await foreach (var update in client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
        {
            last = update.Job;
            if (doneAtStop > 0 || last.Progress is not { Done: > 0, Fraction: < 1 } progress) continue;
            doneAtStop = progress.Done;
            await cluster.Workers.StopTaskAsync(1, TestContext.Current.CancellationToken);
        }

        Assert.InRange(doneAtStop, 1, 1_999_999_999);
        Assert.Equal(1_570_807_796, PiResult.FromJob(last!).Inside);
        Assert.Single(await client.ListTasksAsync(TestContext.Current.CancellationToken), t => t.JobName == "worker");
    }

    /// <summary>The others are in the same process, which goes on.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Drain_OneOfTheWorkersInTheMiddle_LeavesAloneAndCountsTheSame()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 2 }, ct);
        await using var client = Client.ClusterClient.Connect(cluster.Connection);
        var job = await client.SubmitAsync(new PiSpec { Points = 2_000_000_000, Seed = 42 }, cancellationToken: ct);
        while ((await client.GetJobAsync(job.Id, ct)).Progress.Done == 0) await Task.Delay(10, ct);

        var drained = await client.DrainTaskAsync("/job:worker/task:1", ct);
        while ((await client.ListTasksAsync(ct)).Any(task => task.Incarnation == drained.Task.Incarnation)) await Task.Delay(50, ct);

        Assert.Equal((false, 1), (drained.WasDraining, drained.WorkersLeft));
        Assert.Equal(1_570_807_796, PiResult.FromJob(await client.WaitAsync(job.Id, cancellationToken: ct)).Inside);
        Assert.Equal("/job:worker/task:0", Assert.Single(await client.ListTasksAsync(ct), t => t.JobName == "worker").Name);
        Assert.Equal("", cluster.Workers.WhyNotReady);
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunComputation_ThrowsAlways_FailsWithTheCauseAndOthersGoOn()
    {
        var failing = embedded.Client.RunComputationAsync(Throwing("always"), cancellationToken: TestContext.Current.CancellationToken);
        var pi = await embedded.Client.RunPiAsync(new PiSpec { Points = 2_000, Seed = 42 }, cancellationToken: TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => failing);
        Assert.Contains("planted", error.Message, StringComparison.Ordinal);
        Assert.Equal(1_572, pi.Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunComputation_ThrowsOnce_SucceedsAndCountsTheFailure()
    {
        var result = await embedded.Client.RunComputationAsync(Throwing("once"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(100, result.Value.GetProperty("total").GetInt64());
        Assert.Equal(1, (await embedded.Client.GetJobAsync(result.JobId, TestContext.Current.CancellationToken)).Progress.ItemsFailed);
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunComputation_BadArguments_FailsAtTheFirstAttempt()
    {
        var error = await Assert.ThrowsAsync<JobFailedException>(
            () => embedded.Client.RunComputationAsync(Throwing("bad"), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("always, never or once is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_KeyUsedBefore_IsTheSameJobOrRefused()
    {
        var key = Guid.NewGuid().ToString("N");
        var spec = new PiSpec { Points = 2_000, Seed = 42 };
        var first = await embedded.Client.SubmitAsync(spec, key, TestContext.Current.CancellationToken);
        var second = await embedded.Client.SubmitAsync(spec, key, TestContext.Current.CancellationToken);

        Assert.Equal(first.Id, second.Id);
        var error = await Assert.ThrowsAnyAsync<ClusterException>(() =>
            embedded.Client.SubmitAsync(spec with { Seed = 43 }, key, TestContext.Current.CancellationToken));
        Assert.Contains(first.Id, error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Watch_EndedJob_TellsEveryPlacementOnce()
    {
        var spec = new PiSpec { Points = 400_000_000, Seed = 1, LogDevicePlacement = true };
        var job = await embedded.Client.SubmitAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
        await embedded.Client.WaitAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);

        var items = new List<string>();
        await foreach (var update in embedded.Client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
            items.AddRange(update.Placements.Select(p => p.Item));

        var ended = await embedded.Client.GetJobAsync(job.Id, TestContext.Current.CancellationToken);
        Assert.Equal(ended.Progress.ItemsDone, items.Distinct().LongCount());
        Assert.Equal(items.Distinct().Count(), items.Count);
    }

    private static ComputationSpec Throwing(string throws) => new()
    {
        Name = "throwing",
        Arguments = JsonSerializer.SerializeToElement(new { throws }),
        IndexCount = 100,
        GrainSize = 10,
    };

    private sealed class StuckService : IHostedService
    {
        public bool WasToldToStop { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            WasToldToStop = true;
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
