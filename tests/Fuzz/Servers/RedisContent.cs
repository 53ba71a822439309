using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Fuzz.Servers;

/// <summary>What a key holds: its type, names with values, sorted where the type has no order, and how long it lives. Equal to another that lives for longer or
/// shorter, not to one that stays.</summary>
internal sealed record KeyContent(RedisType Type, IReadOnlyList<(RedisValue Name, RedisValue Value)> Entries, TimeSpan? TimeToLive)
{
    public bool Equals(KeyContent? other) =>
        other is not null && Type == other.Type && TimeToLive.HasValue == other.TimeToLive.HasValue && Entries.SequenceEqual(other.Entries);

    public override int GetHashCode() => HashCode.Combine(Type, Entries.Count);
}

/// <summary>All that the cluster stores, to be compared, and put back; leases aside, and the key that is written only to wait for the disk.</summary>
internal sealed class RedisContent(IConnectionMultiplexer redis)
{
    private const string Pattern = "cluster:*";
    private const string Leases = "cluster:registry";
    private const string Durable = "cluster:durable";

    public IDatabase Database { get; } = redis.GetDatabase();

    public async Task<IReadOnlyDictionary<string, KeyContent>> ReadAsync()
    {
        List<string> keys = [];
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: Pattern, pageSize: 1_000))
        {
            if (key != Durable && !((string)key!).StartsWith(Leases, StringComparison.Ordinal)) keys.Add((string)key!);
        }

        var types = await Task.WhenAll(keys.Select(key => Database.KeyTypeAsync(key)));
        var contents = await Task.WhenAll(keys.Zip(types, ReadAsync));
        return keys.Distinct(StringComparer.Ordinal).ToDictionary(key => key, key => contents[keys.IndexOf(key)], StringComparer.Ordinal);
    }

    /// <summary>Makes it what it was.</summary>
    public async Task WriteAsync(IReadOnlyDictionary<string, KeyContent> wanted)
    {
        var there = await ReadAsync();
        foreach (var (key, content) in there)
        {
            if (!content.Equals(wanted.GetValueOrDefault(key))) await Database.KeyDeleteAsync(key);
        }

        foreach (var (key, content) in wanted)
        {
            if (!content.Equals(there.GetValueOrDefault(key))) await WriteAsync(key, content);
        }
    }

    /// <summary>Copies the record of a job and what lies beside it under another id.</summary>
    public async Task CopyJobAsync(string from, string to)
    {
        foreach (var (key, content) in await ReadAsync())
        {
            if (key.StartsWith(JobKeys.Record(from), StringComparison.Ordinal))
                await WriteAsync(JobKeys.Record(to) + key[JobKeys.Record(from).Length..], content);
        }

        await Database.SortedSetAddAsync(JobKeys.All, to, 1);
    }

    /// <summary>The first key that differs and how; empty where none does.</summary>
    public static string Difference(IReadOnlyDictionary<string, KeyContent> one, IReadOnlyDictionary<string, KeyContent> other)
    {
        foreach (var key in one.Keys.Union(other.Keys, StringComparer.Ordinal))
        {
            var before = one.GetValueOrDefault(key);
            var after = other.GetValueOrDefault(key);
            if (!Equals(before, after)) return $"{key}: {Describe(before)} became {Describe(after)}";
        }

        return "";
    }

    private async Task<KeyContent> ReadAsync(string key, RedisType type) => new(type, type switch
    {
        RedisType.String => [(key, await Database.StringGetAsync(key))],
        RedisType.Hash => [.. (await Database.HashGetAllAsync(key)).Select(entry => (entry.Name, entry.Value))
            .OrderBy(entry => (string)entry.Name!, StringComparer.Ordinal)],
        RedisType.SortedSet => [.. (await Database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => (entry.Element, (RedisValue)entry.Score))],
        RedisType.Set => [.. (await Database.SetMembersAsync(key)).Select(member => (member, RedisValue.EmptyString))
            .OrderBy(entry => (string)entry.member!, StringComparer.Ordinal)],
        RedisType.List => [.. (await Database.ListRangeAsync(key)).Select(value => (RedisValue.EmptyString, value))],
        _ => [],
    }, await Database.KeyTimeToLiveAsync(key));

    private async Task WriteAsync(string key, KeyContent content)
    {
        await WriteEntriesAsync(key, content);
        if (content.TimeToLive is { } left) await Database.KeyExpireAsync(key, left);
    }

    private Task WriteEntriesAsync(string key, KeyContent content) => content.Type switch
    {
        RedisType.String => Database.StringSetAsync(key, content.Entries[0].Value),
        RedisType.Hash => Database.HashSetAsync(key, [.. content.Entries.Select(entry => new HashEntry(entry.Name, entry.Value))]),
        RedisType.SortedSet => Database.SortedSetAddAsync(key, [.. content.Entries.Select(entry => new SortedSetEntry(entry.Name, (double)entry.Value))]),
        RedisType.Set => Database.SetAddAsync(key, [.. content.Entries.Select(entry => entry.Name)]),
        RedisType.List => Database.ListRightPushAsync(key, [.. content.Entries.Select(entry => entry.Value)]),
        _ => Task.CompletedTask,
    };

    private static string Describe(KeyContent? content)
    {
        if (content is null) return "nothing";
        var entries = string.Join(", ", content.Entries.Select(entry => $"{entry.Name}={entry.Value}"));
        var text = $"{content.Type} {(content.TimeToLive is null ? "that stays" : "with a time to live")} {entries}";
        return text.Length > 300 ? text[..300] + "…" : text;
    }
}
