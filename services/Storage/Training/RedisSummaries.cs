using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Storage.Training;

/// <summary>
/// Summaries of training jobs in Redis, bounded: of a series that has <see cref="MaxPoints"/>, every second point goes, and
/// from then on every second one is kept; so a long job has between half as many and as many, evenly spread.
/// </summary>
public sealed class RedisSummaries(IConnectionMultiplexer redis)
{
    /// <summary>Most points of a series.</summary>
    public const int MaxPoints = 2048;

    // KEYS: record, training, the series. ARGV: token, name of the series, clock, point, most points. Entries are "clock ordinal point".
    private static readonly RedisScript Append = new("summaries.append", """
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 'fenced' end
        local last = redis.call('LINDEX', KEYS[3], -1)
        if last and tonumber(string.match(last, '^(%d+) ')) >= tonumber(ARGV[3]) then return 'done' end
        local ordinal = redis.call('HINCRBY', KEYS[2], 'points|' .. ARGV[2], 1) - 1
        local stride = tonumber(redis.call('HGET', KEYS[2], 'stride|' .. ARGV[2]) or '1')
        if ordinal % stride ~= 0 then return 'done' end
        redis.call('RPUSH', KEYS[3], ARGV[3] .. ' ' .. ordinal .. ' ' .. ARGV[4])
        if redis.call('LLEN', KEYS[3]) > tonumber(ARGV[5]) then
            stride = stride * 2
            local points = redis.call('LRANGE', KEYS[3], 0, -1)
            redis.call('DEL', KEYS[3])
            for i = 1, #points do
                if tonumber(string.match(points[i], '^%d+ (%d+) ')) % stride == 0 then redis.call('RPUSH', KEYS[3], points[i]) end
            end
            redis.call('HSET', KEYS[2], 'stride|' .. ARGV[2], stride)
        end
        return 'done'
        """);

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Adds a point, unless there is one of its clock or a later one.</summary>
    /// <returns>False where another coordinator runs the job.</returns>
    public async Task<bool> AppendAsync(string id, string owner, SummarySeries series, SummaryPoint point)
    {
        var answer = await Append.EvaluateAsync(_database, [JobKeys.Record(id), TrainingKeys.Training(id), TrainingKeys.Summaries(id, $"{series}")],
            owner, $"{series}", point.Clock, JsonSerializer.Serialize(point, SpecJson.Options), MaxPoints);
        return (string?)answer != "fenced";
    }

    /// <summary>The points of both series after a clock, by clock.</summary>
    public async Task<IReadOnlyList<SummaryPoint>> ReadAsync(string id, long afterClock)
    {
        var entries = await Task.WhenAll(Enum.GetValues<SummarySeries>()
            .Select(series => _database.ListRangeAsync(TrainingKeys.Summaries(id, $"{series}"))));
        return [.. entries.SelectMany(series => series).Select(entry => (string)entry!).Where(entry => ClockOf(entry) > afterClock).Select(Parse)
            .OrderBy(point => point.Clock)];
    }

    /// <summary>The job has ended: its summaries are kept as long as its record.</summary>
    public Task CloseAsync(string id, TimeSpan retention) =>
        Task.WhenAll(Enum.GetValues<SummarySeries>().Select(series => _database.KeyExpireAsync(TrainingKeys.Summaries(id, $"{series}"), retention)));

    private static long ClockOf(string entry) => long.Parse(entry.AsSpan(0, entry.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static SummaryPoint Parse(string entry) => JsonSerializer.Deserialize<SummaryPoint>(entry.Split(' ', 3)[2], SpecJson.Options)!;
}
