using System.Diagnostics;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>
/// A Lua script of the cluster: atomic in Redis, one round trip. It is a span where it runs for a job or a call, and counted in any case.
/// Scripts name every key they touch in <c>KEYS</c>, and the keys of one call live on one shard.
/// </summary>
/// <param name="name">Name of the span: <c>job.transition</c>.</param>
/// <param name="parts">The script's text, in parts that scripts may share.</param>
public sealed class RedisScript(string name, params string[] parts)
{
    private static readonly ActivitySource Source = new("Cluster.Redis");

    private readonly string _body = string.Join('\n', parts);

    /// <exception cref="RedisException">Redis refused the script or is not connected.</exception>
    /// <exception cref="RedisTimeoutException">No answer in time: the script may or may not have run.</exception>
    public async Task<RedisResult> EvaluateAsync(IDatabase redis, RedisKey[] keys, params RedisValue[] arguments)
    {
        using var activity = Source.StartActivity(name, ActivityKind.Client);
        activity?.SetTag("db.system.name", "redis").SetTag("db.stored_procedure.name", name);
        var started = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            return await redis.ScriptEvaluateAsync(_body, keys, arguments);
        }
        catch (Exception e)
        {
            failure = e;
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            throw;
        }
        finally
        {
            RedisMetrics.Evaluated(name, Stopwatch.GetElapsedTime(started), failure);
        }
    }
}
