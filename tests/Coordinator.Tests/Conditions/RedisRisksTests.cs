using Cluster.Coordinator.Conditions;

namespace Cluster.Coordinator.Tests.Conditions;

public sealed class RedisRisksTests
{
    private static readonly RedisSettings Safe = new()
    {
        Version = new Version(7, 0, 15),
        Role = "master",
        EvictionPolicy = "noeviction",
        HasFile = true,
        SyncPolicy = "always",
        StopsSyncing = false,
    };

    [Fact]
    public void Of_RedisThatKeepsWhatItAcknowledged_NoRisk()
    {
        Assert.Empty(RedisRisks.Of(Safe));
        Assert.Empty(RedisRisks.Of(Safe with { SyncPolicy = "everysec" }));
        // Redis 7.2 says itself what it has synced.
        Assert.Empty(RedisRisks.Of(Safe with { Version = new Version(7, 2), SyncPolicy = null, StopsSyncing = null }));
    }

    [Fact]
    public void Of_EachRisk_IsNamedOnce()
    {
        AssertRisk("it is a replica", Safe with { Role = "slave" });
        AssertRisk("maxmemory-policy is allkeys-lru", Safe with { EvictionPolicy = "allkeys-lru" });
        AssertRisk("maxmemory-policy is volatile-ttl", Safe with { EvictionPolicy = "volatile-ttl" });
        AssertRisk("appendonly is no", Safe with { HasFile = false });
        AssertRisk("appendfsync is no", Safe with { SyncPolicy = "no" });
        AssertRisk("appendfsync is no", Safe with { SyncPolicy = "no", Version = new Version(7, 4) });
        AssertRisk("no-appendfsync-on-rewrite is yes", Safe with { StopsSyncing = true });
    }

    [Fact]
    public void Of_WhatCannotBeSeen_IsSaid()
    {
        AssertRisk("replica", Safe with { Role = null });
        AssertRisk("deletes data", Safe with { EvictionPolicy = null });
        AssertRisk("keeps anything", Safe with { HasFile = null });
        AssertRisk("syncs its append-only file", Safe with { SyncPolicy = null, StopsSyncing = null });
        Assert.Equal(3, RedisRisks.Of(new RedisSettings()).Count(risk => risk.Contains("cannot be seen", StringComparison.Ordinal)));
    }

    private static void AssertRisk(string words, RedisSettings settings) =>
        Assert.Contains(words, Assert.Single(RedisRisks.Of(settings)), StringComparison.Ordinal);
}
