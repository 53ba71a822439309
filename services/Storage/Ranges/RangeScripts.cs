using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Ranges;

/// <summary>All that is done to the ranges of a job: the chief cuts them, workers claim and record them. Keys: <see cref="Jobs.JobKeys"/>.</summary>
internal static class RangeScripts
{
    // Of what the chief does. KEYS: record, items. ARGV begin with: owner.
    private const string Owned = """
        local job = redis.call('HMGET', KEYS[1], 'owner', 'state')
        if job[1] ~= ARGV[1] then return 'fenced' end
        if job[2] ~= 'running' then return 'closed' end
        """;

    // ARGV[2]: field of the part, ARGV[3]: where the part begins, ARGV[4]: grain up to which it is cut, then from, to, from, to, …
    public static readonly RedisScript Cut = new("range.cut", Owned, """
        if (redis.call('HGET', KEYS[1], ARGV[2]) or ARGV[3]) ~= ARGV[4] then return 'moved' end
        for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], ARGV[2], ARGV[#ARGV])
        return 'done'
        """);

    // ARGV[2]: grains that are recorded after all, then from, to, from, to, … of what is missing.
    public static readonly RedisScript Reopen = new("range.reopen", Owned, """
        for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        redis.call('HSET', KEYS[1], 'done', ARGV[2])
        return 'done'
        """);

    // ARGV[2]: counter, ARGV[3]: by how much.
    public static readonly RedisScript Count = new("range.count", Owned, """
        redis.call('HINCRBY', KEYS[1], ARGV[2], ARGV[3])
        return 'done'
        """);

    // Of one range that a worker was sent. KEYS begin with: record, items, claims, attempts, results, placements. ARGV begin with: generation, from, to.
    // A message can outlive its job, its generation, or the cut that it belongs to (when Redis lost its last second).
    private const string Wanted = """
        local job = redis.call('HMGET', KEYS[1], 'state', 'generation', 'placements')
        if job[1] ~= 'running' or job[2] ~= ARGV[1] then return 'closed' end
        if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
            if redis.call('HEXISTS', KEYS[5], ARGV[2] .. '-' .. ARGV[3]) == 1 then return 'recorded' end
            return 'superseded'
        end
        """;

    // ARGV[4]: incarnation, ARGV[5]: attempts allowed. A claim that stands was left by a worker that died, hangs or is slow.
    public static readonly RedisScript Begin = new("range.begin", Wanted, """
        local claimant = redis.call('HGET', KEYS[3], ARGV[2])
        if claimant and claimant ~= ARGV[4] then
            redis.call('HINCRBY', KEYS[1], 'takenover', 1)
            if redis.call('HINCRBY', KEYS[4], ARGV[2], 1) >= tonumber(ARGV[5]) then return 'poisoned' end
        end
        redis.call('HSET', KEYS[3], ARGV[2], ARGV[4])
        return 'begun'
        """);

    // ARGV[4]: payload, ARGV[5]: device.
    public static readonly RedisScript Record = new("range.record", Wanted, """
        redis.call('HSET', KEYS[5], ARGV[2] .. '-' .. ARGV[3], ARGV[4])
        redis.call('HDEL', KEYS[2], ARGV[2])
        redis.call('HDEL', KEYS[3], ARGV[2])
        redis.call('HINCRBY', KEYS[1], 'done', ARGV[3] - ARGV[2])
        redis.call('HINCRBY', KEYS[1], 'ranges', 1)
        redis.call('HSET', KEYS[1], 'device', ARGV[5])
        if job[3] == '1' then redis.call('RPUSH', KEYS[6], ARGV[2] .. '-' .. ARGV[3] .. ' ' .. ARGV[5]) end
        return 'recorded'
        """);

    // ARGV[4]: incarnation, ARGV[5]: 1 to count the attempt, ARGV[6]: what the field of the count begins with.
    public static readonly RedisScript Leave = new("range.leave", Wanted, """
        if redis.call('HGET', KEYS[3], ARGV[2]) ~= ARGV[4] then return 'superseded' end
        redis.call('HDEL', KEYS[3], ARGV[2])
        if ARGV[5] == '1' then return tostring(redis.call('HINCRBY', KEYS[4], ARGV[6] .. ARGV[2], 1)) end
        return 'left'
        """);

    // Of what is done to all ranges together. KEYS begin with: record. ARGV begin with: generation. Nothing when the job is over.
    private const string Running = """
        local job = redis.call('HMGET', KEYS[1], 'state', 'generation')
        if job[1] ~= 'running' or job[2] ~= ARGV[1] then return false end
        """;

    // KEYS: record, results. ARGV: generation. What was recorded, range and payload in turn.
    public static readonly RedisScript ReadAll = new("range.read-all", Running, """
        return redis.call('HGETALL', KEYS[2])
        """);

    // KEYS: record. ARGV: generation, result.
    public static readonly RedisScript RecordTotal = new("range.record-total", Running, """
        redis.call('HSETNX', KEYS[1], 'result', ARGV[2])
        return 'recorded'
        """);
}
