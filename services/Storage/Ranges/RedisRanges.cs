using Cluster.Compute.Computations;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Storage.Ranges;

/// <summary>The ranges of a job in Redis, as the chief reads and writes them. Keys: <see cref="JobKeys"/>.</summary>
public sealed class RedisRanges(IConnectionMultiplexer redis)
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

    /// <summary>Writes the next ranges of part <paramref name="number"/> of the space, in order. The part begins at grain <paramref name="begin"/>
    /// and is cut up to grain <paramref name="cut"/> so far.</summary>
    public Task CutAsync(string id, string owner, int number, long begin, long cut, IReadOnlyList<GrainRange> ranges)
        => EvaluateAsync(RangeScripts.Cut, id, [owner, $"{JobKeys.CutField}{number}", begin, cut, .. Flat(ranges)]);

    /// <summary>Counts in the job's record: <c>republished</c> or <c>failed</c>.</summary>
    public Task CountAsync(string id, string owner, string counter, long by)
        => EvaluateAsync(RangeScripts.Count, id, [owner, counter, by]);

    /// <summary>Opens ranges again that should be recorded and are not, each within a part; the number of them.</summary>
    public async Task<int> ReopenGapsAsync(string id, string owner, IReadOnlyList<GrainRange> parts)
    {
        var recorded = (await _database.HashKeysAsync(JobKeys.Results(id))).Select(k => RangeField.Parse(k!)).OrderBy(r => r.From);
        var gaps = new List<GrainRange>();
        var (next, grainCount) = (0L, parts[^1].To);
        foreach (var range in recorded)
        {
            Open(range.From);
            next = Math.Max(next, range.To);
        }

        Open(grainCount);
        if (gaps.Count > 0)
            await EvaluateAsync(RangeScripts.Reopen, id, [owner, grainCount - gaps.Sum(g => g.To - g.From), .. Flat(gaps)]);
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
}
