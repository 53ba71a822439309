using System.Globalization;
using Cluster.ServiceDefaults.Redis;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cluster.Coordinator.Conditions;

/// <summary>Whether what a job will keep in Redis fits there.</summary>
internal sealed class RedisRoom(IConnectionMultiplexer redis, IOptions<CoordinatorOptions> options, ILogger<RedisRoom> logger)
{
    /// <summary>Why there is too little memory; null where it suffices, and where that is accepted, which is said. A Redis without a limit has room.</summary>
    /// <param name="bytes">What is needed.</param>
    /// <param name="what">What needs it.</param>
    /// <returns>RESOURCE_EXHAUSTED with what is needed, what there is, and what to do.</returns>
    public async Task<Status?> RefusalAsync(long bytes, string what)
    {
        var memory = await RedisInfo.ReadAsync(redis.GetDatabase(), "memory");
        if (memory.Number("maxmemory") is not (> 0 and { } limit) || memory.Number("used_memory") is not { } used || bytes <= limit - used) return null;
        var said = string.Create(CultureInfo.InvariantCulture,
            $"{what} needs about {bytes:N0} bytes in Redis, which has {Math.Max(0, limit - used):N0} left of its maxmemory of {limit:N0}");
        if (!options.Value.AcceptUnsafeRedis)
            return new Status(StatusCode.ResourceExhausted, $"{said}: raise it, or accept that jobs wait for room with {ClusterCondition.AcceptSetting}=true");
        ConditionLog.LittleRoom(logger, said);
        return null;
    }
}
