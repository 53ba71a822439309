using Cluster.Compute.Computations;
using Cluster.Coordinator.Jobs;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using StackExchange.Redis;

namespace Cluster.Coordinator.Computations;

/// <summary>The ranges of a job in Redis, as the chief reads and writes them. Keys: <see cref="JobKeys"/>.</summary>
internal sealed class RedisRanges(IConnectionMultiplexer redis)
{
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Ranges that are cut and not recorded.</summary>
    public async Task<IReadOnlyList<GrainRange>> ItemsAsync(string id)
        => [.. (await _database.HashGetAllAsync(JobKeys.Items(id))).Select(e => new GrainRange((long)e.Name, (long)e.Value))];

    /// <summary>First grain of a range → incarnation of the worker that claims it.</summary>
    public async Task<IReadOnlyDictionary<long, string>> ClaimsAsync(string id)
        => (await _database.HashGetAllAsync(JobKeys.Claims(id))).ToDictionary(e => (long)e.Name, e => (string)e.Value!);

    public async Task<long> AttemptsAsync(string id, GrainRange range)
        => (long)await _database.HashGetAsync(JobKeys.Attempts(id), range.From);

    /// <summary>Writes the next ranges of a part, in order from where it is cut so far.</summary>
    public Task CutAsync(string id, string owner, PlacedGrains part, long cut, IReadOnlyList<GrainRange> ranges)
        => EvaluateAsync(RangeStoreScripts.Cut, id, [owner, $"{JobKeys.CutField}{part.Number}", part.From, cut, .. Flat(ranges)]);

    /// <summary>Counts in the job's record: <c>republished</c> or <c>failed</c>.</summary>
    public Task CountAsync(string id, string owner, string counter, long by)
        => EvaluateAsync(RangeStoreScripts.Count, id, [owner, counter, by]);

    /// <summary>Opens ranges again that should be recorded and are not, each within a part; the number of them.</summary>
    public async Task<int> ReopenGapsAsync(string id, string owner, IReadOnlyList<PlacedGrains> parts)
    {
        var recorded = (await _database.HashKeysAsync(JobKeys.Results(id))).Select(k => ParseRange(k!)).OrderBy(r => r.From);
        var gaps = new List<GrainRange>();
        var (next, grainCount) = (0L, parts[^1].To);
        foreach (var range in recorded)
        {
            Open(range.From);
            next = Math.Max(next, range.To);
        }

        Open(grainCount);
        if (gaps.Count > 0)
            await EvaluateAsync(RangeStoreScripts.Reopen, id, [owner, grainCount - gaps.Sum(g => g.To - g.From), .. Flat(gaps)]);
        return gaps.Count;

        void Open(long to)
            => gaps.AddRange(parts.Select(p => new GrainRange(Math.Max(next, p.From), Math.Min(to, p.To))).Where(gap => gap.From < gap.To));
    }

    // The record guards itself: a chief that lost its office, or a job that ended, changes nothing and stops its runner.
    private async Task EvaluateAsync(RedisScript script, string id, RedisValue[] arguments)
    {
        var answer = (string)(await script.EvaluateAsync(_database, [JobKeys.Record(id), JobKeys.Items(id)], arguments))!;
        if (answer != "done") throw new JobMovedException(answer);
    }

    private static IEnumerable<RedisValue> Flat(IEnumerable<GrainRange> ranges) => ranges.SelectMany(r => new RedisValue[] { r.From, r.To });

    private static GrainRange ParseRange(string field)
    {
        var (from, to) = RangeField.Parse(field);
        return new GrainRange(from, to);
    }
}
