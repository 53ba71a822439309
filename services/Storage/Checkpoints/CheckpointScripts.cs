using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Checkpoints;

/// <summary>What is done to named checkpoints, each in one script.</summary>
internal static class CheckpointScripts
{
    // KEYS: a job's record of this name, record, all keys of the snapshots. ARGV: the record. A name is given once.
    public static readonly RedisScript Add = new("checkpoint.add", """
        if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[2]) == 1 then return 'taken' end
        for i = 3, #KEYS do
            if redis.call('EXISTS', KEYS[i]) == 0 then return 'missing' end
        end
        for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end
        redis.call('SET', KEYS[2], ARGV[1])
        return 'done'
        """);

    // KEYS: record, all keys of the snapshots. ARGV: the record that was read.
    public static readonly RedisScript Remove = new("checkpoint.remove", """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'moved' end
        for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end
        return 'done'
        """);
}
