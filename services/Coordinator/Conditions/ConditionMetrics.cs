using System.Diagnostics.Metrics;

namespace Cluster.Coordinator.Conditions;

/// <summary>Metrics of the servers that the whole cluster needs.</summary>
internal sealed class ConditionMetrics
{
    private long _used;
    private long _limit;

    public ConditionMetrics(IMeterFactory meters, ClusterCondition condition)
    {
        var meter = meters.Create("Cluster.Coordinator");
        meter.CreateObservableGauge("cluster.server.blocked", () => Blocked(condition), "1", "1 while a server takes nothing new, else 0, by server");
        meter.CreateObservableGauge("cluster.redis.memory.used", () => Interlocked.Read(ref _used), "By", "Memory that Redis uses");
        meter.CreateObservableGauge("cluster.redis.memory.limit", () => Interlocked.Read(ref _limit), "By", "Redis's maxmemory; 0 for none");
    }

    /// <summary>What Redis said of its memory.</summary>
    public void Seen(long used, long limit)
    {
        Interlocked.Exchange(ref _used, used);
        Interlocked.Exchange(ref _limit, limit);
    }

    private static IEnumerable<Measurement<int>> Blocked(ClusterCondition condition) =>
    [
        new(condition.IsRedisBlocked ? 1 : 0, new KeyValuePair<string, object?>("server", "redis")),
        new(condition.IsBrokerBlocked ? 1 : 0, new KeyValuePair<string, object?>("server", "rabbitmq")),
    ];
}
