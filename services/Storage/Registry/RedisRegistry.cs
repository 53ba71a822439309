using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using StackExchange.Redis;

namespace Cluster.Storage.Registry;

/// <summary>
/// Who is there: each task holds a lease on the lowest free index of its job name. A lease carries a token (counter,
/// random), compared for equality, since a Redis that lost its last second may count twice.
/// </summary>
public sealed class RedisRegistry(IConnectionMultiplexer redis)
{
    /// <summary>Tasks a job name can have.</summary>
    public const int MaxTasks = 1024;

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>How long a lease stands by itself: <see cref="LeaseTimes.TimeToLive"/>, and longer for a test that is about something else.</summary>
    internal TimeSpan TimeToLive { get; init; } = LeaseTimes.TimeToLive;

    /// <summary>The tasks of a job name whose lease stands, by index.</summary>
    public async Task<IReadOnlyList<RegisteredTask>> ListAsync(string jobName)
    {
        var reply = (RedisResult[])(await RegistryScripts.List.EvaluateAsync(_database, [RegistryKeys.Tasks(jobName)]))!;
        var now = long.Parse((string)reply[0]!, CultureInfo.InvariantCulture);
        var fields = Pairs((RedisResult[])reply[1]!);
        return [.. fields.Where(f => f.Key.EndsWith(":lease", StringComparison.Ordinal))
            .Select(f => Read(jobName, f.Key[..^6], f.Value, fields, now))
            .OfType<RegisteredTask>()
            .OrderBy(t => t.Index)];
    }

    /// <summary>Asks for a lease once.</summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="entry">What the task says of itself.</param>
    /// <param name="seen">The expired lease that an earlier answer named and that has stood for the grace time since.</param>
    internal async Task<LeaseAnswer> AcquireAsync(LeaseRequest request, TaskEntry entry, ExpiredLease? seen)
    {
        var reply = (string[])(await RegistryScripts.Acquire.EvaluateAsync(_database, [RegistryKeys.Tasks(request.JobName)],
            request.Instance, RandomNumberGenerator.GetHexString(16, lowercase: true), (long)TimeToLive.TotalMilliseconds,
            JsonSerializer.Serialize(entry), request.MaxTasks, seen?.Index ?? -1, seen?.Value ?? ""))!;
        return reply[0] switch
        {
            "granted" => new LeaseAnswer(Granted(request, Index(reply[1]), reply[2]), null),
            "expired" => new LeaseAnswer(null, new ExpiredLease(Index(reply[1]), reply[2])),
            _ => new LeaseAnswer(null, null),
        };
    }

    /// <summary>Asks the holder of a lease to leave. It hears of it within <see cref="LeaseTimes.Renewal"/>.</summary>
    public async Task<DrainOutcome> DrainAsync(RegisteredTask task)
        => (int)await RegistryScripts.Drain.EvaluateAsync(_database, [RegistryKeys.Tasks(task.JobName)], task.Index, task.Incarnation) switch
        {
            0 => DrainOutcome.Gone,
            1 => DrainOutcome.Asked,
            _ => DrainOutcome.AskedBefore,
        };

    /// <summary>Prolongs a lease and writes the entry.</summary>
    internal async Task<LeaseRenewal> RenewAsync(LeaseGrant lease, TaskEntry entry)
        => (int)await RegistryScripts.Renew.EvaluateAsync(_database, [RegistryKeys.Tasks(lease.JobName)],
            lease.Index, lease.Token, lease.Instance, (long)TimeToLive.TotalMilliseconds, JsonSerializer.Serialize(entry)) switch
        {
            0 => LeaseRenewal.Lost,
            1 => LeaseRenewal.Held,
            _ => LeaseRenewal.Draining,
        };

    internal Task ReleaseAsync(LeaseGrant lease)
        => RegistryScripts.Release.EvaluateAsync(_database, [RegistryKeys.Tasks(lease.JobName)], lease.Index, lease.Token);

    private static LeaseGrant Granted(LeaseRequest request, int index, string token)
    {
        var grant = new LeaseGrant(request.JobName, index, token, request.Instance);
        return request.Title is { } title ? grant with { Title = title } : grant;
    }

    private static int Index(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Pairs(RedisResult[] flat)
        => flat.Chunk(2).ToDictionary(p => (string)p[0]!, p => (string)p[1]!);

    private static RegisteredTask? Read(string jobName, string index, string lease, Dictionary<string, string> fields, long now)
    {
        var parts = lease.Split('|', 3);
        if (long.Parse(parts[0], CultureInfo.InvariantCulture) < now) return null;
        var entry = JsonSerializer.Deserialize<TaskEntry>(fields[index + ":entry"])!;
        var isAsked = fields.GetValueOrDefault(index + ":drain") == parts[1];
        return new RegisteredTask(jobName, Index(index), parts[1], parts[2], entry) { IsDraining = isAsked || entry.Draining };
    }
}
