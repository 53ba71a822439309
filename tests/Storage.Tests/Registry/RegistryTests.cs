using Cluster.Storage.Registry;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Registry;

public sealed class RegistryOnGarnetTests(RedisServers servers) : RegistryTests(servers, RedisKind.Garnet);

public sealed class RegistryOnRedisServerTests(RedisServers servers) : RegistryTests(servers, RedisKind.RedisServer);

public abstract class RegistryTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private static readonly TaskEntry Entry = new() { Address = "127.0.0.1:5000", StartedAt = DateTimeOffset.UnixEpoch };

    private readonly string _jobName = $"test-{Guid.NewGuid():N}";
    private RedisRegistry _registry = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // Redis's clock goes on while a busy machine gets on with a test.
        _registry = new RedisRegistry(Redis) { TimeToLive = TimeSpan.FromMinutes(10) };
    }

    [Fact]
    public async Task Acquire_OneAfterTheOther_GivesTheLowestFreeIndex()
    {
        var (a, b, c) = (await GrantAsync("a"), await GrantAsync("b"), await GrantAsync("c"));
        Assert.Equal([0, 1, 2], [a.Index, b.Index, c.Index]);

        await _registry.ReleaseAsync(b);
        Assert.Equal([0, 2], (await _registry.ListAsync(_jobName)).Select(t => t.Index));
        Assert.Equal(1, (await GrantAsync("d")).Index);
        Assert.Equal(3, (await GrantAsync("e")).Index);
    }

    [Fact]
    public async Task Acquire_SameInstance_TakesItsOwnIndexAtOnceUnderANewToken()
    {
        await GrantAsync("a");
        var before = await GrantAsync("b");
        var after = await GrantAsync("b");

        Assert.Equal(before.Index, after.Index);
        Assert.NotEqual(before.Token, after.Token);
        Assert.Equal(LeaseRenewal.Lost, await _registry.RenewAsync(before, Entry));
        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(after, Entry));
    }

    [Fact]
    public async Task Acquire_EveryIndexHeld_GivesNothing()
    {
        await GrantAsync("a", maxTasks: 1);
        Assert.Equal(new LeaseAnswer(null, null), await AskAsync("b", null, maxTasks: 1));
    }

    [Fact]
    public async Task Acquire_ExpiredLease_GoesOnlyToOneWhoHasSeenIt()
    {
        var old = await GrantAsync("a");
        await ExpireAsync(old);
        Assert.Empty(await _registry.ListAsync(_jobName));

        var seen = (await AskAsync("b", null)).Expired;
        Assert.Equal(old.Index, seen?.Index);
        Assert.Null((await AskAsync("c", new ExpiredLease(old.Index, "another value"))).Grant);
        var grant = (await AskAsync("b", seen)).Grant;

        Assert.Equal(old.Index, grant?.Index);
        Assert.Equal(LeaseRenewal.Lost, await _registry.RenewAsync(old, Entry));
        Assert.NotEqual(old.Index, (await AskAsync("c", seen)).Grant?.Index);
    }

    [Fact]
    public async Task Acquire_ExpiredLeaseRenewedWithinTheGraceTime_StaysWithItsHolder()
    {
        var old = await GrantAsync("a");
        await ExpireAsync(old);
        var seen = (await AskAsync("b", null)).Expired;

        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(old, Entry));
        Assert.Equal(1, (await AskAsync("b", seen)).Grant?.Index);
        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(old, Entry));
    }

    [Fact]
    public async Task Acquire_ExpiredLeaseAboveAFreeIndex_IsLeftAlone()
    {
        var (a, b) = (await GrantAsync("a"), await GrantAsync("b"));
        await ExpireAsync(b);
        await _registry.ReleaseAsync(a);
        Assert.Equal(0, (await AskAsync("c", null)).Grant?.Index);
    }

    [Fact]
    public async Task Renew_RedisLostTheLease_TakesItAgain()
    {
        var lease = await GrantAsync("a");
        await Redis.GetDatabase().KeyDeleteAsync(RegistryKeys.Tasks(_jobName));

        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(lease, Entry with { Ready = true }));
        var task = Assert.Single(await _registry.ListAsync(_jobName));
        Assert.Equal((lease.Index, lease.Token, "a", true), (task.Index, task.Incarnation, task.Instance, task.Entry.Ready));
    }

    [Fact]
    public async Task Drain_HeldLease_IsToldAtEachRenewalAndListed()
    {
        var (a, b) = (await GrantAsync("a"), await GrantAsync("b"));
        var listed = (await _registry.ListAsync(_jobName))[1];

        Assert.Equal(DrainOutcome.Asked, await _registry.DrainAsync(listed));
        Assert.Equal(DrainOutcome.AskedBefore, await _registry.DrainAsync(listed));

        Assert.Equal([LeaseRenewal.Held, LeaseRenewal.Draining, LeaseRenewal.Draining],
            [await _registry.RenewAsync(a, Entry), await _registry.RenewAsync(b, Entry), await _registry.RenewAsync(b, Entry)]);
        Assert.Equal([false, true], (await _registry.ListAsync(_jobName)).Select(t => t.IsDraining));
    }

    [Fact]
    public async Task Drain_LeaseThatIsOver_AsksNothingOfTheNextHolder()
    {
        var before = await GrantAsync("a");
        var listed = Assert.Single(await _registry.ListAsync(_jobName));
        await _registry.DrainAsync(listed);
        var after = await GrantAsync("a");

        Assert.Equal(LeaseRenewal.Lost, await _registry.RenewAsync(before, Entry));
        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(after, Entry));
        Assert.Equal(DrainOutcome.Gone, await _registry.DrainAsync(listed));
        Assert.False(Assert.Single(await _registry.ListAsync(_jobName)).IsDraining);
    }

    [Fact]
    public async Task Drain_RedisLostTheMark_IsListedByWhatTheHolderSays()
    {
        var lease = await GrantAsync("a");
        await _registry.DrainAsync(Assert.Single(await _registry.ListAsync(_jobName)));
        await Redis.GetDatabase().KeyDeleteAsync(RegistryKeys.Tasks(_jobName));

        Assert.Equal(LeaseRenewal.Held, await _registry.RenewAsync(lease, Entry with { Draining = true }));
        Assert.True(Assert.Single(await _registry.ListAsync(_jobName)).IsDraining);
    }

    [Fact]
    public async Task Release_LeaseOfAnother_ChangesNothing()
    {
        var before = await GrantAsync("a");
        var after = await GrantAsync("a");
        await _registry.ReleaseAsync(before);
        Assert.Equal(after.Token, Assert.Single(await _registry.ListAsync(_jobName)).Incarnation);
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_EachGetsAnIndexOfItsOwn()
    {
        const int claimants = 100;
        var grants = await Task.WhenAll(Enumerable.Range(0, claimants).Select(i => Task.Run(() => GrantAsync($"instance {i}"), Ct)));

        Assert.Equal(Enumerable.Range(0, claimants), grants.Select(g => g.Index).Order());
        Assert.Equal(claimants, grants.Select(g => g.Token).Distinct().Count());
        Assert.Equal(claimants, (await _registry.ListAsync(_jobName)).Count);
    }

    [Fact]
    public async Task Acquire_ExpiredLeaseManyHaveSeen_GoesToOne()
    {
        var old = await GrantAsync("old");
        await ExpireAsync(old);
        var seen = (await AskAsync("first", null)).Expired;

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => AskAsync($"instance {i}", seen), Ct)));
        Assert.Single(answers, a => a.Grant?.Index == old.Index);
        Assert.Equal(30, answers.Select(a => a.Grant?.Index).Distinct().Count());
    }

    [Fact]
    public async Task List_InstanceWithSeparators_ReadsItWhole()
    {
        await GrantAsync("a|b:lease|c");
        Assert.Equal("a|b:lease|c", Assert.Single(await _registry.ListAsync(_jobName)).Instance);
    }

    private async Task<LeaseGrant> GrantAsync(string instance, int maxTasks = RedisRegistry.MaxTasks)
        => (await AskAsync(instance, null, maxTasks)).Grant ?? throw new InvalidOperationException("no grant");

    private Task<LeaseAnswer> AskAsync(string instance, ExpiredLease? seen, int maxTasks = RedisRegistry.MaxTasks)
        => _registry.AcquireAsync(new LeaseRequest(_jobName, instance, maxTasks), Entry, seen);

    // As if the time to live had passed.
    private Task<bool> ExpireAsync(LeaseGrant lease)
        => Redis.GetDatabase().HashSetAsync(RegistryKeys.Tasks(_jobName), $"{lease.Index}:lease", $"1000|{lease.Token}|{lease.Instance}");
}
