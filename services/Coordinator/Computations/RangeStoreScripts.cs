using Cluster.ServiceDefaults.Redis;

namespace Cluster.Coordinator.Computations;

/// <summary>What the chief does to the ranges of a job. KEYS of all: record, items. ARGV of all begin with the owner.</summary>
internal static class RangeStoreScripts
{
    private const string Guard = """
        local job = redis.call('HMGET', KEYS[1], 'owner', 'state')
        if job[1] ~= ARGV[1] then return 'fenced' end
        if job[2] ~= 'running' then return 'closed' end
        """;

    // ARGV[2]: field of the part, ARGV[3]: where the part begins, ARGV[4]: grain up to which it is cut, then from, to, from, to, …
    public static readonly RedisScript Cut = new("range.cut", Guard, """
        if (redis.call('HGET', KEYS[1], ARGV[2]) or ARGV[3]) ~= ARGV[4] then return 'moved' end
        for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], ARGV[2], ARGV[#ARGV])
        return 'done'
        """);

    // ARGV[2]: grains that are recorded after all, then from, to, from, to, … of what is missing.
    public static readonly RedisScript Reopen = new("range.reopen", Guard, """
        for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], 'done', ARGV[2])
        return 'done'
        """);

    // ARGV[2]: counter, ARGV[3]: by how much.
    public static readonly RedisScript Count = new("range.count", Guard, """
        redis.call('HINCRBY', KEYS[1], ARGV[2], ARGV[3])
        return 'done'
        """);
}
