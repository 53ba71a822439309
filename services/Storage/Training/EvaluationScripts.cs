using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Training;

// What coordinator and workers do about evaluations and the end of a job. KEYS of all begin with: record, training.
internal static partial class TrainingScripts
{
    // A commit stays what it is, whatever generation came after it: only the job's state counts.
    private const string RunningGuard = """
        if redis.call('HGET', KEYS[1], 'state') ~= 'running' then return 'closed' end
        """;

    // KEYS[3]: blame. ARGV: field, by how much; answers with the sum.
    public static readonly RedisScript BeginEvaluation = new("training.begin-evaluation", RunningGuard, """
        return tostring(redis.call('HINCRBY', KEYS[3], ARGV[1], ARGV[2]))
        """);

    // KEYS[3]: evaluations. ARGV: field of the range, its sums. The first ones stay.
    public static readonly RedisScript RecordRange = new("training.evaluated-range", RunningGuard, """
        redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[2])
        return 'done'
        """);

    // ARGV[1]: clock of the last commit, its id, the commit, reason.
    private const string End = """
        local function finish(clock, id, manifest, reason)
            redis.call('HSET', KEYS[2], 'end', clock)
            redis.call('HSET', KEYS[2], 'end-reason', reason)
            redis.call('HSET', KEYS[2], 'manifest-id', id)
            redis.call('HSET', KEYS[2], 'manifest', manifest)
            redis.call('HSET', KEYS[1], 'done', clock)
        end
        """;

    // KEYS[3]: evaluations; the rest: parts of snapshots that go. ARGV: token, field of the evaluation to decide, what the
    // evaluations came to; where the job ends with that commit: clock, id, the commit, reason, and the fields of later
    // evaluations. Decided once.
    public static readonly RedisScript Decide = new("training.decide", CoordinatorGuard, End, """
        if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0 then return 'moved' end
        redis.call('HDEL', KEYS[2], ARGV[2])
        redis.call('HSET', KEYS[2], 'evaluated', ARGV[3])
        for i = 3, #KEYS do redis.call('UNLINK', KEYS[i]) end
        if #ARGV > 3 then
            finish(ARGV[4], ARGV[5], ARGV[6], ARGV[7])
            for i = 8, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
        end
        return 'done'
        """);

    // ARGV: token, id of the manifest now, its clock, reason, whether it is to be evaluated.
    public static readonly RedisScript EndHere = new("training.end", CoordinatorGuard, End, """
        if redis.call('HGET', KEYS[2], 'manifest-id') ~= ARGV[2] then return 'moved' end
        if redis.call('HEXISTS', KEYS[2], 'end') == 1 then return 'moved' end
        local manifest = redis.call('HGET', KEYS[2], 'manifest')
        finish(ARGV[3], ARGV[2], manifest, ARGV[4])
        if ARGV[5] == '1' then redis.call('HSET', KEYS[2], 'evaluate|' .. ARGV[3], manifest) end
        return 'done'
        """);

    // ARGV: token, reason. The first reason stays.
    public static readonly RedisScript Cancel = new("training.cancel", CoordinatorGuard, """
        redis.call('HSETNX', KEYS[2], 'cancel', ARGV[2])
        return 'done'
        """);

    // KEYS[3]: evaluations. ARGV: token, id of the manifest, result.
    public static readonly RedisScript RecordResult = new("training.result", CoordinatorGuard, """
        if redis.call('HGET', KEYS[2], 'manifest-id') ~= ARGV[2] then return 'moved' end
        redis.call('HSETNX', KEYS[1], 'result', ARGV[3])
        return 'done'
        """);
}
