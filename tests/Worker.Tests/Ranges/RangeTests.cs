using System.Diagnostics.Metrics;
using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Cluster.Storage.Registry;
using Cluster.Testing;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Ranges;
using Cluster.Worker.Slots;
using Cluster.Worker.Tests.Slots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Cluster.Worker.Tests.Ranges;

public sealed class RangesOnGarnetTests(RedisServers servers) : RangeTests(servers, RedisKind.Garnet);

public sealed class RangesOnRedisServerTests(RedisServers servers) : RangeTests(servers, RedisKind.RedisServer);

/// <summary>Claims, results and hand-backs of ranges, each answer of each script, and the runner above them.</summary>
public abstract class RangeTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Generation Generation = new(1, 7);

    private readonly string _id = $"job-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private RedisRangeResults _results = null!;
    private Task _worker = Task.CompletedTask;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _results = new RedisRangeResults(Redis);
        await SetAsync("state", "running");
        await SetAsync("generation", Generation.ToString());
        await Db.HashSetAsync(JobKeys.Items(_id), "3", "5");
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Begin_OpenRange_IsClaimed()
    {
        Assert.Equal(RangeClaim.Begun, await BeginAsync("1.a"));
        Assert.Equal("1.a", await Db.HashGetAsync(JobKeys.Claims(_id), 3));
        Assert.Equal(RangeClaim.Begun, await BeginAsync("1.a"));
        Assert.Equal((0L, 0L), (await CounterAsync("takenover"), await AttemptsAsync()));
    }

    [Fact]
    public async Task Begin_ClaimThatStands_IsTakenOverAndCountedUntilItIsPoisoned()
    {
        for (var attempt = 0; attempt < RangeLimits.MaxAttempts; attempt++)
        {
            Assert.Equal(RangeClaim.Begun, await BeginAsync($"{attempt}.a"));
            Assert.Equal((attempt, attempt), (await CounterAsync("takenover"), await AttemptsAsync()));
        }

        Assert.Equal(RangeClaim.Poisoned, await BeginAsync("9.a"));
        Assert.Equal("4.a", await Db.HashGetAsync(JobKeys.Claims(_id), 3));
    }

    [Fact]
    public async Task Run_ComputationThatIsNotDoneInTime_FailsTheRangeAndTheWorkerGoesOn()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var time = new FakeTimeProvider();
        var limit = TimeSpan.FromMilliseconds(50);
        // Time goes on to the deadline and no further: the grace after it is not over, however slow this machine is.
        var (runner, slot) = await RunnerAsync(new Counting((_, token) =>
        {
            time.Advance(limit);
            token.WaitHandle.WaitOne(Limit);
        }), limit, lifetime, time);

        var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item(), slot, Ct));

        Assert.Equal(("it was not done after 0.05 s", false), (failed.Error, failed.Permanent));
        Assert.Equal(1, await AttemptsAsync());
        Assert.False(lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Run_ComputationThatDoesNotEndWhenAsked_FailsTheRangeAndStopsTheWorker()
    {
        using var end = new ManualResetEventSlim();
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => end.Wait(Limit, CancellationToken.None)), TimeSpan.FromMilliseconds(50), lifetime);
        try
        {
            var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item(), slot, Ct));

            Assert.Equal(("it was not done after 0.05 s", false), (failed.Error, failed.Permanent));
            Assert.Equal(1, await AttemptsAsync());
            Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
        }
        finally
        {
            end.Set();
            // Of the test's own process, which is no worker that hangs.
            Environment.ExitCode = 0;
        }
    }

    [Theory]
    [InlineData("state", "cancelled")]
    [InlineData("generation", "2.0000000000000008")]
    public async Task AnyChange_JobEndedOrOfAnotherGeneration_LeavesNothing(string field, string value)
    {
        await SetAsync(field, value);
        Assert.Equal(RangeClaim.Superseded, await BeginAsync("1.a"));
        Assert.False(await _results.RecordAsync(Item(), [1], "/cpu:0", Ct));
        await _results.FailAsync(Item(), "1.a", Ct);
        await _results.HandBackAsync(Item(), "1.a", Ct);
        Assert.False(await new RangeMerger(Catalog(new Counting((_, _) => { })), _results).MergeAsync(Merge(), Ct));
        Assert.False(await _results.RecordTotalAsync(Merge(), "{}", Ct));
        await AssertOnlyItemsAsync();
    }

    [Fact]
    public async Task AnyChange_RangeOfAnotherCut_IsSuperseded()
    {
        var other = Item() with { To = 4 };
        Assert.Equal(RangeClaim.Superseded, await _results.BeginAsync(other, "1.a", Ct));
        Assert.False(await _results.RecordAsync(other, [1], "/cpu:0", Ct));
        await AssertOnlyItemsAsync();
    }

    [Fact]
    public async Task AnyChange_NoSuchJob_MakesNoKey()
    {
        var other = Item() with { JobId = $"{_id}-none" };
        Assert.Equal(RangeClaim.Superseded, await _results.BeginAsync(other, "1.a", Ct));
        Assert.False(await _results.RecordAsync(other, [1], "/cpu:0", Ct));
        Assert.False(await Db.KeyExistsAsync(JobKeys.Record(other.JobId)));
        Assert.False(await Db.KeyExistsAsync(JobKeys.Results(other.JobId)));
    }

    [Fact]
    public async Task Record_ManyAtOnce_CountsOnceAndKeepsTheFirstPayload()
    {
        await SetAsync("placements", "1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(
            () => _results.RecordAsync(Item(), [(byte)i], "/cpu:0", Ct), Ct)));

        Assert.All(answers, Assert.True);
        Assert.Equal((2L, 1L), (await CounterAsync("done"), await CounterAsync("ranges")));
        Assert.Equal(["3-5 /cpu:0"], (await Db.ListRangeAsync(JobKeys.Placements(_id))).Select(p => (string?)p));
        Assert.Equal([new GrainRange(3, 5)], (await _results.ReadAllAsync(Merge(), Ct))!.Select(r => r.Range));
        Assert.False(await Db.KeyExistsAsync(JobKeys.Items(_id)));
        Assert.Equal(RangeClaim.Recorded, await BeginAsync("1.a"));
    }

    [Fact]
    public async Task Record_ClaimedByAnotherSince_StillCounts()
    {
        await BeginAsync("1.a");
        await BeginAsync("2.b");
        Assert.True(await _results.RecordAsync(Item(), [1], "/cpu:0", Ct));
        Assert.False(await Db.KeyExistsAsync(JobKeys.Claims(_id)));
        Assert.False(await Db.KeyExistsAsync(JobKeys.Placements(_id)));
    }

    [Fact]
    public async Task Leave_OwnClaim_IsHandedBackAndCountedOnlyWhenItFailed()
    {
        await BeginAsync("1.a");
        await _results.HandBackAsync(Item(), "1.a", Ct);
        Assert.Equal((0L, false), (await AttemptsAsync(), await Db.KeyExistsAsync(JobKeys.Claims(_id))));
        await BeginAsync("1.a");
        await _results.FailAsync(Item(), "1.a", Ct);
        Assert.Equal((1L, false), (await AttemptsAsync(), await Db.KeyExistsAsync(JobKeys.Claims(_id))));
    }

    [Fact]
    public async Task Leave_ClaimOfAnother_ChangesNothing()
    {
        await BeginAsync("1.a");
        await _results.FailAsync(Item(), "2.b", Ct);
        await _results.HandBackAsync(Item(), "2.b", Ct);
        Assert.Equal(("1.a", 0L), ((string?)await Db.HashGetAsync(JobKeys.Claims(_id), 3), await AttemptsAsync()));
    }

    [Fact]
    public async Task RecordTotal_Twice_KeepsTheFirst()
    {
        Assert.True(await _results.RecordTotalAsync(Merge(), "1", Ct));
        Assert.True(await _results.RecordTotalAsync(Merge(), "2", Ct));
        Assert.Equal("1", await Db.HashGetAsync(JobKeys.Record(_id), "result"));
    }

    [Fact]
    public async Task Run_Range_IsRecordedAndMerged()
    {
        await Db.HashSetAsync(JobKeys.Items(_id), [new("0", "3"), new("5", "10")]);
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => { }));
        foreach (var (from, to) in ((long, long)[])[(5, 10), (0, 3), (3, 5)])
            Assert.IsType<RangeComputed>(await runner.RunAsync(Item() with { From = from, To = to }, slot, Ct));

        Assert.Null(await runner.RunAsync(Item(), slot, Ct));
        Assert.True(await new RangeMerger(Catalog(new Counting((_, _) => { })), _results).MergeAsync(Merge(), Ct));
        Assert.Equal("""{"count":95}""", await Db.HashGetAsync(JobKeys.Record(_id), "result"));
    }

    public static TheoryData<Exception, bool> WhatComputationsThrow => new()
    {
        { new InvalidOperationException("broken\nin two"), false },
        { new ArgumentException("wrong"), true },
        { new TimeoutException("its own"), false },
        { new OperationCanceledException("its own"), false },
        { new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "its own", null, CommandStatus.Sent), false },
    };

    [Theory]
    [MemberData(nameof(WhatComputationsThrow), DisableDiscoveryEnumeration = true)]
    public async Task Run_ComputationThrows_IsToldWithItsCauseAndCounted(Exception thrown, bool permanent)
    {
        ArgumentNullException.ThrowIfNull(thrown);
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => throw thrown));
        var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item(), slot, Ct).WaitAsync(Limit, Ct));
        Assert.Equal((thrown.Message.Replace('\n', ' '), permanent), (failed.Error, failed.Permanent));
        Assert.Equal((1L, false), (await AttemptsAsync(), await Db.KeyExistsAsync(JobKeys.Claims(_id))));
    }

    [Fact]
    public async Task Run_ArgumentsItRefuses_FailPermanently()
    {
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => { }));
        var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item("""{"limit":11}"""), slot, Ct));
        Assert.True(failed.Permanent);
        Assert.Contains("limit: 11: must be at most 10", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ComputationThisWorkerLacks_NamesWhatItHasAndMayBeTriedElsewhere()
    {
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => { }));
        var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item() with { Computation = "primes" }, slot, Ct));
        Assert.False(failed.Permanent);
        Assert.Contains("no computation 'primes'; it has counting", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WorkerStops_HandsTheRangeBackUncounted()
    {
        using var stop = new CancellationTokenSource();
        var (runner, slot) = await RunnerAsync(new Counting((_, ct) =>
        {
            stop.Cancel();
            ct.WaitHandle.WaitOne(Limit);
            ct.ThrowIfCancellationRequested();
        }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(Item(), slot, stop.Token).WaitAsync(Limit, Ct));
        Assert.Equal((0L, false), (await AttemptsAsync(), await Db.KeyExistsAsync(JobKeys.Claims(_id))));
        Assert.Equal(5, await Db.HashGetAsync(JobKeys.Items(_id), 3));
    }

    [Fact]
    public async Task Run_PoisonedRange_FailsPermanentlyWithoutComputing()
    {
        await Db.HashSetAsync(JobKeys.Claims(_id), 3, "0.gone");
        await Db.HashSetAsync(JobKeys.Attempts(_id), 3, RangeLimits.MaxAttempts - 1);
        var computed = false;
        var (runner, slot) = await RunnerAsync(new Counting((_, _) => computed = true));
        var failed = Assert.IsType<RangeFailed>(await runner.RunAsync(Item(), slot, Ct));
        Assert.True(failed.Permanent);
        Assert.False(computed);
    }

    private IDatabase Db => Redis.GetDatabase();

    private static ComputationCatalog Catalog(Counting computation) => new([computation]);

    private ComputeRange Item(string arguments = "{}") => new()
    {
        JobId = _id,
        Generation = Generation,
        From = 3,
        To = 5,
        Computation = "counting",
        Arguments = JsonElement.Parse(arguments),
        IndexCount = 95,
        GrainSize = 10,
        Device = "",
    };

    private MergeRanges Merge() => new()
    {
        JobId = _id,
        Generation = Generation,
        Computation = "counting",
        Arguments = JsonElement.Parse("{}"),
        IndexCount = 95,
        GrainSize = 10,
    };

    private async Task<(RangeRunner Runner, DeviceSlot Slot)> RunnerAsync(Counting computation, TimeSpan? timeout = null, ApplicationLifetime? lifetime = null,
        TimeProvider? time = null)
    {
        var metrics = new RangeMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = new WorkerTask(
            new RedisRegistry(Redis), TimeProvider.System, NullLogger.Instance, Guid.NewGuid().ToString("N"), "127.0.0.1:1",
            new WorkerSkills(["counting"], []), [TestDevices.Cpu()]);
        _worker = task.RunAsync((_, _, _) =>
        {
            connected.TrySetResult();
            return Task.CompletedTask;
        }, _stop.Token);
        await connected.Task.WaitAsync(Limit, Ct);
        var options = new WorkerOptions { RangeTimeout = timeout ?? Limit };
        var deadline = new CodeDeadline(lifetime ?? new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), time ?? TimeProvider.System,
            NullLogger<CodeDeadline>.Instance);
        return (new RangeRunner(Catalog(computation), _results, deadline, Options.Create(options), metrics, TimeProvider.System,
            NullLogger<RangeRunner>.Instance), task.Slots[0]);
    }

    private Task<RangeClaim> BeginAsync(string incarnation) => _results.BeginAsync(Item(), incarnation, Ct);

    private async Task<long> CounterAsync(string name) => (long)await Db.HashGetAsync(JobKeys.Record(_id), name);

    private async Task<long> AttemptsAsync() => (long)await Db.HashGetAsync(JobKeys.Attempts(_id), 3);

    private Task<bool> SetAsync(string field, string value) => Db.HashSetAsync(JobKeys.Record(_id), field, value);

    private async Task AssertOnlyItemsAsync()
    {
        foreach (var key in (string[])[JobKeys.Claims(_id), JobKeys.Attempts(_id), JobKeys.Results(_id), JobKeys.Placements(_id)])
            Assert.False(await Db.KeyExistsAsync(key), key);
        Assert.Equal("5", await Db.HashGetAsync(JobKeys.Items(_id), 3));
        Assert.Equal(2, await Db.HashLengthAsync(JobKeys.Record(_id)));
    }
}
