using Cluster.Storage.Registry;
using Cluster.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Storage.Tests.Registry;

public sealed class TaskLeaseOnGarnetTests(RedisServers servers) : TaskLeaseTests(servers, RedisKind.Garnet);

public sealed class TaskLeaseOnRedisServerTests(RedisServers servers) : TaskLeaseTests(servers, RedisKind.RedisServer);

public abstract class TaskLeaseTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TaskEntry Entry = new() { Address = "127.0.0.1:5000", StartedAt = DateTimeOffset.UnixEpoch };

    private readonly string _jobName = $"test-{Guid.NewGuid():N}";
    private readonly FakeTimeProvider _time = new();
    private RedisRegistry _registry = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // Redis's clock goes on while a busy machine gets on with a test.
        _registry = new RedisRegistry(Redis) { TimeToLive = TimeSpan.FromMinutes(10) };
    }

    [Fact]
    public async Task Lost_IndexHasANewHolder_IsCancelled()
    {
        await using var first = await AcquireAsync("same");
        await using var second = await AcquireAsync("same");
        Assert.Equal(first.Grant.Index, second.Grant.Index);

        await AdvanceUntilAsync(() => first.Lost.IsCancellationRequested);
        Assert.False(second.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Drained_HolderIsAskedToLeave_IsCancelledAndTheLeaseStands()
    {
        await using var asked = await AcquireAsync("a");
        await using var other = await AcquireAsync("b");
        await _registry.DrainAsync((await _registry.ListAsync(_jobName))[0]);

        await AdvanceUntilAsync(() => asked.Drained.IsCancellationRequested);
        Assert.Equal((false, false, false), (asked.Lost.IsCancellationRequested, other.Drained.IsCancellationRequested, other.Lost.IsCancellationRequested));

        await asked.DisposeAsync().AsTask().WaitAsync(Limit, Ct);
        Assert.Equal(["1:entry", "1:lease", "counter"],
            (await Redis.GetDatabase().HashKeysAsync(RegistryKeys.Tasks(_jobName))).Select(field => $"{field}").Order());
    }

    [Fact]
    public async Task AcquireAny_FirstIsHeld_TakesTheNextAndWaitsWhereAllAre()
    {
        LeaseRequest[] ofC = [new(_jobName + "-0", "c", 1) { Title = "thing 0" }, new(_jobName + "-1", "c", 1)];
        await using var a = await AcquireAnyAsync([.. ofC.Select(request => request with { Instance = "a" })]);
        await using var b = await AcquireAnyAsync([.. ofC.Select(request => request with { Instance = "b" })]);
        Assert.Equal((_jobName + "-0", _jobName + "-1"), (a.Grant.JobName, b.Grant.JobName));
        Assert.Equal(("thing 0", $"/job:{_jobName}-1/task:0"), (a.Grant.Title, b.Grant.Title));

        var waits = 0;
        var waiting = AcquireAnyAsync(ofC, () => Interlocked.Increment(ref waits));
        await AdvanceUntilAsync(() => Volatile.Read(ref waits) > 2);
        Assert.False(waiting.IsCompleted);

        await b.DisposeAsync().AsTask().WaitAsync(Limit, Ct);
        await AdvanceUntilAsync(() => waiting.IsCompleted);
        await using var c = await waiting;
        Assert.Equal(_jobName + "-1", c.Grant.JobName);
    }

    [Fact]
    public async Task Renewal_RedisLostTheLease_TakesItAgain()
    {
        await using var lease = await AcquireAsync("a");
        await Redis.GetDatabase().KeyDeleteAsync(RegistryKeys.Tasks(_jobName));

        await AdvanceUntilAsync(async () => (await _registry.ListAsync(_jobName)).Count == 1);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Renewal_ErrorItDoesNotKnow_IsTriedAgain()
    {
        var calls = 0;
        await using var lease = await TaskLease.AcquireAsync(_registry, new LeaseRequest(_jobName, "a"),
            () => Interlocked.Increment(ref calls) == 2 ? throw new InvalidOperationException("once") : Entry, _time, NullLogger.Instance, Ct);
        await Redis.GetDatabase().KeyDeleteAsync(RegistryKeys.Tasks(_jobName));

        await AdvanceUntilAsync(async () => (await _registry.ListAsync(_jobName)).Count == 1);
        Assert.True(calls >= 3);
    }

    [Fact]
    public async Task PublishEntry_NewEntry_IsListedAtOnce()
    {
        var entry = Entry;
        await using var lease = await TaskLease.AcquireAsync(
            _registry, new LeaseRequest(_jobName, "a"), () => entry, _time, NullLogger.Instance, Ct);
        entry = Entry with { Ready = true };
        await lease.PublishEntryAsync().WaitAsync(Limit, Ct);
        Assert.True(Assert.Single(await _registry.ListAsync(_jobName)).Entry.Ready);
    }

    [Fact]
    public async Task Dispose_HeldLease_HandsItBack()
    {
        var lease = await AcquireAsync("a");
        await lease.DisposeAsync().AsTask().WaitAsync(Limit, Ct);
        Assert.Empty(await _registry.ListAsync(_jobName));
        Assert.Equal(0, await Redis.GetDatabase().HashLengthAsync(RegistryKeys.Tasks(_jobName)) - 1);

        await lease.PublishEntryAsync().WaitAsync(Limit, Ct);
        Assert.Empty(await _registry.ListAsync(_jobName));
    }

    [Fact]
    public async Task Dispose_WhileAnEntryIsPublished_LeavesNoLease()
    {
        for (var round = 0; round < 50; round++)
        {
            var lease = await AcquireAsync($"a{round}");
            var publishing = Task.Run(lease.PublishEntryAsync, Ct);
            await lease.DisposeAsync().AsTask().WaitAsync(Limit, Ct);
            await publishing.WaitAsync(Limit, Ct);
            Assert.Empty(await _registry.ListAsync(_jobName));
        }
    }

    [Fact]
    public async Task Acquire_OnlyIndexIsHeld_WaitsUntilItIsHandedBack()
    {
        var first = await AcquireAsync("a", maxTasks: 1);
        var waiting = AcquireAsync("b", maxTasks: 1);
        for (var i = 0; i < 3; i++) _time.Advance(LeaseTimes.Renewal);
        Assert.False(waiting.IsCompleted);

        await first.DisposeAsync().AsTask().WaitAsync(Limit, Ct);
        await AdvanceUntilAsync(() => waiting.IsCompleted);
        await using var second = await waiting;
        Assert.Equal(0, second.Grant.Index);
    }

    [Fact]
    public async Task Acquire_HolderIsGone_TakesItsIndexAfterTheGraceTime()
    {
        var gone = (await _registry.AcquireAsync(new LeaseRequest(_jobName, "gone", 1), Entry, null)).Grant!;
        await Redis.GetDatabase().HashSetAsync(RegistryKeys.Tasks(_jobName), "0:lease", $"1000|{gone.Token}|gone");

        var waiting = AcquireAsync("b", maxTasks: 1);
        await AdvanceUntilAsync(() => waiting.IsCompleted);
        await using var lease = await waiting;
        Assert.NotEqual(gone.Token, lease.Grant.Token);
    }

    [Fact]
    public async Task Acquire_Cancelled_GivesUp()
    {
        await using var first = await AcquireAsync("a", maxTasks: 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = TaskLease.AcquireAsync(
            _registry, new LeaseRequest(_jobName, "b", 1), () => Entry, _time, NullLogger.Instance, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit, Ct));
    }

    private Task<TaskLease> AcquireAsync(string instance, int maxTasks = RedisRegistry.MaxTasks)
        => TaskLease.AcquireAsync(_registry, new LeaseRequest(_jobName, instance, maxTasks), () => Entry, _time, NullLogger.Instance, Ct);

    private Task<TaskLease> AcquireAnyAsync(LeaseRequest[] requests, Action? waiting = null)
        => TaskLease.AcquireAnyAsync(_registry, requests, () => Entry, waiting ?? (() => { }), _time, NullLogger.Instance, Ct);

    private Task AdvanceUntilAsync(Func<bool> condition) => AdvanceUntilAsync(() => Task.FromResult(condition()));

    // The lease's own clock is advanced; what Redis answers takes its time, so the clock goes on until it has.
    private async Task AdvanceUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(LeaseTimes.Renewal);
            await Redis.GetDatabase().PingAsync();
        }
    }
}
