using Cluster.Chaos.Jobs;
using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Chaos.Checks;

/// <summary>What may be left in Redis when all jobs have ended, and when all services have.</summary>
internal sealed class RedisCheck(IConnectionMultiplexer redis, Action<string> violate)
{
    private static readonly string[] Registries = ["worker", "ps", "chief"];
    private static readonly string[] WorkingKeys = [":items", ":claims", ":attempts", ":results", ":blame", ":evaluations"];

    /// <summary>Jobs that are running now, by their records; null while Redis is away.</summary>
    public async Task<int?> CountRunningAsync()
    {
        try
        {
            var database = redis.GetDatabase();
            var running = 0;
            foreach (var id in await database.SetMembersAsync(JobKeys.Open))
            {
                if (await database.HashGetAsync(JobKeys.Record(id!), "state") == "running") running++;
            }

            return running;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>All jobs have ended: one record each, in the state that the client saw, and no key that would stay for ever.</summary>
    /// <returns>How many keys of jobs were looked at.</returns>
    public async Task<int> AfterJobsAsync(IReadOnlyCollection<EndedJob> jobs, int submitted)
    {
        var database = redis.GetDatabase();
        if (await database.SetLengthAsync(JobKeys.Open) is > 0 and var open) violate($"{open} jobs are still listed as open");
        if (await database.SortedSetLengthAsync(JobKeys.All) is var all && all != submitted) violate($"{submitted} jobs were submitted, {all} are on record");
        foreach (var (name, job) in jobs)
        {
            var state = (string?)await database.HashGetAsync(JobKeys.Record(job.Id), "state");
            if (!string.Equals(state, job.State.ToString(), StringComparison.OrdinalIgnoreCase))
                violate($"job {job.Id} ({name}) was {job.State}, its record says {state}");
        }

        var keys = 0;
        foreach (var server in redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: "cluster:job:*"))
            {
                keys++;
                if (WorkingKeys.Any(end => ((string)key!).EndsWith(end, StringComparison.Ordinal))) violate($"{key} is left of a job that has ended");
                else if (await database.KeyTimeToLiveAsync(key) is null) violate($"{key} has no time to live");
            }
        }

        return keys;
    }

    /// <summary>All services were told to stop and did: nobody holds a lease.</summary>
    public async Task AfterServicesAsync()
    {
        foreach (var job in Registries)
        {
            foreach (var field in await redis.GetDatabase().HashGetAllAsync($"cluster:registry:{{{job}}}"))
            {
                if (((string)field.Name!).EndsWith(":lease", StringComparison.Ordinal)) violate($"a lease of /job:{job} is left: {field.Name} {field.Value}");
            }
        }
    }
}
