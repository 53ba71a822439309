using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Training;

/// <summary>What coordinator and workers do to a training job's keys. KEYS of all begin with: record, training.</summary>
internal static partial class TrainingScripts
{
    // ARGV[1]: token of the coordinator.
    private const string CoordinatorGuard = """
        local job = redis.call('HMGET', KEYS[1], 'owner', 'state')
        if job[1] ~= ARGV[1] then return 'fenced' end
        if job[2] ~= 'running' then return 'closed' end
        """;

    // Before the first generation the record has none, which Generation.None stands for.
    private const string CurrentGeneration = """
        local generation = redis.call('HGET', KEYS[2], 'generation') or '0.0000000000000000'
        """;

    // ARGV[1]: generation of the item.
    private const string WorkerGuard = """
        if redis.call('HGET', KEYS[1], 'state') ~= 'running' then return 'closed' end
        if redis.call('HGET', KEYS[2], 'generation') ~= ARGV[1] then return 'closed' end
        """;

    // ARGV[1]: 1 to leave out what the plan says, which never changes and is the larger part.
    public static readonly RedisScript Read = new("training.read", """
        local fields = redis.call('HGETALL', KEYS[2])
        if ARGV[1] == '1' then
            for i = 1, #fields, 2 do
                if fields[i] == 'plan' then fields[i + 1] = '' end
            end
        end
        return { redis.call('HMGET', KEYS[1], 'owner', 'state', 'result'), fields }
        """);

    // What a worker or a ps task asks each second.
    public static readonly RedisScript ReadGeneration = new("training.read-generation", """
        if redis.call('HGET', KEYS[1], 'state') ~= 'running' then return false end
        return redis.call('HGET', KEYS[2], 'generation')
        """);

    // KEYS[3]: placements, then all keys of the snapshots that the job starts from. ARGV[2]: the plan, ARGV[3]: clocks in all,
    // ARGV[4]: id of the manifest to start from (empty: none), ARGV[5]: that manifest, ARGV[6]: its clock, then "variable
    // device" of each variable's part. The first plan stays, and with it what it starts from. Decides as StartRule does.
    public static readonly RedisScript Plan = new("training.plan", CoordinatorGuard, """
        if redis.call('HEXISTS', KEYS[2], 'plan') == 1 then return 'done' end
        for i = 4, #KEYS do
            if redis.call('EXISTS', KEYS[i]) == 0 then return 'missing' end
        end
        for i = 4, #KEYS do redis.call('PERSIST', KEYS[i]) end
        redis.call('HSET', KEYS[2], 'plan', ARGV[2])
        redis.call('HSET', KEYS[1], 'total', ARGV[3])
        if ARGV[4] ~= '' then
            redis.call('HSET', KEYS[2], 'manifest-id', ARGV[4])
            redis.call('HSET', KEYS[2], 'manifest', ARGV[5])
            redis.call('HSET', KEYS[1], 'done', ARGV[6])
        end
        if redis.call('HGET', KEYS[1], 'placements') == '1' then
            for i = 7, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[i]) end
        end
        return 'done'
        """);

    // ARGV: token, current generation, next generation, incarnations. Decides as GenerationRule does.
    public static readonly RedisScript StartGeneration = new("training.generation", CoordinatorGuard, CurrentGeneration, """
        if generation ~= ARGV[2] then return 'moved' end
        redis.call('HSET', KEYS[2], 'generation', ARGV[3])
        redis.call('HSET', KEYS[2], 'incarnations', ARGV[4])
        redis.call('HSET', KEYS[1], 'generation', ARGV[3])
        redis.call('HINCRBY', KEYS[2], 'generations', 1)
        return 'done'
        """);

    // KEYS from 3 on: all keys of all snapshots that the manifest names. ARGV: token, generation, id of the previous manifest
    // (empty: none), id of the next one, the next one, its clock, whether it is to be evaluated. Decides as FlipRule does.
    public static readonly RedisScript Flip = new("training.flip", CoordinatorGuard, CurrentGeneration, """
        if generation ~= ARGV[2] then return 'generation' end
        if redis.call('HEXISTS', KEYS[2], 'end') == 1 then return 'manifest' end
        if (redis.call('HGET', KEYS[2], 'manifest-id') or '') ~= ARGV[3] then return 'manifest' end
        for i = 3, #KEYS do
            if redis.call('EXISTS', KEYS[i]) == 0 then return 'missing' end
        end
        for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end
        redis.call('HSET', KEYS[2], 'manifest-id', ARGV[4])
        redis.call('HSET', KEYS[2], 'manifest', ARGV[5])
        redis.call('HSET', KEYS[1], 'done', ARGV[6])
        if ARGV[7] == '1' then redis.call('HSET', KEYS[2], 'evaluate|' .. ARGV[6], ARGV[5]) end
        redis.call('HINCRBY', KEYS[2], 'commits', 1)
        return 'done'
        """);

    // ARGV: token, then counter, value, counter, value, …
    public static readonly RedisScript Observe = new("training.observe", CoordinatorGuard, """
        for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        return 'done'
        """);

    // ARGV: token, warning. The first one stays.
    public static readonly RedisScript Warn = new("training.warn", CoordinatorGuard, """
        redis.call('HSETNX', KEYS[2], 'warning', ARGV[2])
        return 'done'
        """);

    // ARGV: token, generation and first clock of a segment, which may end earlier than it was to, items. Items of a segment
    // that was published before are published again.
    public static readonly RedisScript Published = new("training.published", CoordinatorGuard, """
        if redis.call('HGET', KEYS[2], 'segment') == ARGV[2] then
            redis.call('HINCRBY', KEYS[1], 'republished', ARGV[3])
        else
            redis.call('HSET', KEYS[2], 'segment', ARGV[2])
            redis.call('HINCRBY', KEYS[2], 'segments', 1)
        end
        return 'done'
        """);

    // KEYS[3]: placements. ARGV: token, "item device", most lines.
    public static readonly RedisScript Place = new("training.place", CoordinatorGuard, """
        if redis.call('HGET', KEYS[1], 'placements') == '1' and redis.call('LLEN', KEYS[3]) < tonumber(ARGV[3]) then
            redis.call('RPUSH', KEYS[3], ARGV[2])
        end
        return 'done'
        """);

    // KEYS[3]: blame. ARGV: generation, field, by how much (below 0: forget); answers with the sum.
    public static readonly RedisScript Blame = new("training.blame", WorkerGuard, """
        if tonumber(ARGV[3]) >= 0 then return tostring(redis.call('HINCRBY', KEYS[3], ARGV[2], ARGV[3])) end
        redis.call('HDEL', KEYS[3], ARGV[2])
        return '0'
        """);
}
