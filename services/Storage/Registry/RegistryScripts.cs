using Cluster.ServiceDefaults.Redis;

namespace Cluster.Storage.Registry;

/// <summary>Scripts over one job name's hash. Time is Redis's own, so the clocks of machines do not matter.</summary>
internal static class RegistryScripts
{
    private const string Now = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";

    private const string Grant = """
        local function grant(index)
            local token = redis.call('HINCRBY', KEYS[1], 'counter', 1) .. '.' .. ARGV[2]
            redis.call('HSET', KEYS[1], index .. ':lease', string.format('%.0f', now + ARGV[3]) .. '|' .. token .. '|' .. ARGV[1])
            redis.call('HSET', KEYS[1], index .. ':entry', ARGV[4])
            redis.call('HDEL', KEYS[1], index .. ':drain')
            return {'granted', tostring(index), token}
        end
        """;

    // ARGV: instance, random, time to live (ms), entry, number of indices, index and lease of an expired one seen before.
    // A replica that comes back takes its own index at once. A lease that merely expired is handed out only to one who
    // names it, that is, who has seen it stand for a grace time in which its holder could have renewed it.
    public static readonly RedisScript Acquire = new("registry.acquire", Now, Grant, """
        local expired = false
        local free = false
        for index = 0, ARGV[5] - 1 do
            local lease = redis.call('HGET', KEYS[1], index .. ':lease')
            if not lease then
                if free == false then free = index end
            else
                local expiry, token, instance = string.match(lease, '^(%d+)|([^|]*)|(.*)$')
                if instance == ARGV[1] then return grant(index) end
                if tonumber(expiry) < now and expired == false then expired = {index, lease} end
            end
        end
        if expired and tostring(expired[1]) == ARGV[6] and expired[2] == ARGV[7] then return grant(expired[1]) end
        if expired and (free == false or expired[1] < free) then return {'expired', tostring(expired[1]), expired[2]} end
        if free ~= false then return grant(free) end
        return {'full', '', ''}
        """);

    // ARGV: index, token, instance, time to live (ms), entry. A lease that Redis lost is taken again by its holder.
    public static readonly RedisScript Renew = new("registry.renew", Now, """
        local lease = redis.call('HGET', KEYS[1], ARGV[1] .. ':lease')
        if lease then
            local expiry, token = string.match(lease, '^(%d+)|([^|]*)|')
            if token ~= ARGV[2] then return 0 end
        end
        redis.call('HSET', KEYS[1], ARGV[1] .. ':lease', string.format('%.0f', now + ARGV[4]) .. '|' .. ARGV[2] .. '|' .. ARGV[3])
        redis.call('HSET', KEYS[1], ARGV[1] .. ':entry', ARGV[5])
        if redis.call('HGET', KEYS[1], ARGV[1] .. ':drain') == ARGV[2] then return 2 end
        return 1
        """);

    // ARGV: index, token. The mark names the token, so that it asks nothing of who holds the index next.
    public static readonly RedisScript Drain = new("registry.drain", """
        local lease = redis.call('HGET', KEYS[1], ARGV[1] .. ':lease')
        if not lease or string.match(lease, '^%d+|([^|]*)|') ~= ARGV[2] then return 0 end
        if redis.call('HGET', KEYS[1], ARGV[1] .. ':drain') == ARGV[2] then return 2 end
        redis.call('HSET', KEYS[1], ARGV[1] .. ':drain', ARGV[2])
        return 1
        """);

    // ARGV: index, token.
    public static readonly RedisScript Release = new("registry.release", """
        local lease = redis.call('HGET', KEYS[1], ARGV[1] .. ':lease')
        if not lease or string.match(lease, '^%d+|([^|]*)|') ~= ARGV[2] then return 0 end
        redis.call('HDEL', KEYS[1], ARGV[1] .. ':lease')
        redis.call('HDEL', KEYS[1], ARGV[1] .. ':entry')
        redis.call('HDEL', KEYS[1], ARGV[1] .. ':drain')
        return 1
        """);

    public static readonly RedisScript List = new("registry.list", Now, """
        return {string.format('%.0f', now), redis.call('HGETALL', KEYS[1])}
        """);
}
