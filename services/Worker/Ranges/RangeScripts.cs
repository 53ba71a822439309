using Cluster.ServiceDefaults.Redis;

namespace Cluster.Worker.Ranges;

/// <summary>
/// What a worker does to a job's record. KEYS of all: record, items, claims, attempts, results, placements.
/// ARGV of all begin with: generation, from, to.
/// </summary>
internal static class RangeScripts
{
    // A message can outlive its job, its generation, or the cut that it belongs to (when Redis lost its last second).
    private const string Guard = """
        local job = redis.call('HMGET', KEYS[1], 'state', 'generation', 'placements')
        if job[1] ~= 'running' or job[2] ~= ARGV[1] then return 'closed' end
        if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
            if redis.call('HEXISTS', KEYS[5], ARGV[2] .. '-' .. ARGV[3]) == 1 then return 'recorded' end
            return 'superseded'
        end
        """;

    // ARGV[4]: incarnation, ARGV[5]: attempts allowed. A claim that stands was left by a worker that died, hangs or is slow.
    public static readonly RedisScript Begin = new("range.begin", Guard, """
        local claimant = redis.call('HGET', KEYS[3], ARGV[2])
        if claimant and claimant ~= ARGV[4] then
            redis.call('HINCRBY', KEYS[1], 'takenover', 1)
            if redis.call('HINCRBY', KEYS[4], ARGV[2], 1) >= tonumber(ARGV[5]) then return 'poisoned' end
        end
        redis.call('HSET', KEYS[3], ARGV[2], ARGV[4])
        return 'begun'
        """);

    // ARGV[4]: payload, ARGV[5]: device.
    public static readonly RedisScript Record = new("range.record", Guard, """
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
    public static readonly RedisScript Leave = new("range.leave", Guard, """
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
