using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Jobs;

/// <summary>
/// Changes of a job's record, each compare-and-swap in one script. A chief that lost its office finds another's token in
/// <c>owner</c> and changes nothing.
/// </summary>
internal static class JobScripts
{
    // KEYS: record. ARGV: field, value, field, value, …
    public static readonly RedisScript Create = new("job.create", """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        return 1
        """);

    // KEYS: record. ARGV: token of the chief. The last one to take office owns the job.
    public static readonly RedisScript Adopt = new("job.adopt", """
        local state = redis.call('HGET', KEYS[1], 'state')
        if not state then return 0 end
        if state ~= 'pending' and state ~= 'running' then return 0 end
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then redis.call('HINCRBY', KEYS[1], 'chiefs', 1) end
        redis.call('HSET', KEYS[1], 'owner', ARGV[1])
        return 1
        """);

    // KEYS: record. ARGV: owner, expected state, new state, time (ms), field of the time, error, seconds to keep (0: for ever).
    public static readonly RedisScript Transition = new("job.transition", """
        local job = redis.call('HMGET', KEYS[1], 'owner', 'state', 'result')
        if not job[2] then return 'missing' end
        if job[1] ~= ARGV[1] then return 'fenced' end
        if job[2] ~= ARGV[2] then return job[2] end
        if ARGV[3] == 'succeeded' and not job[3] then return 'unmerged' end
        redis.call('HSET', KEYS[1], 'state', ARGV[3])
        redis.call('HSET', KEYS[1], ARGV[5], ARGV[4])
        if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'error', ARGV[6]) end
        if ARGV[7] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[7]) end
        return 'done'
        """);
}
