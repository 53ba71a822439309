using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Storage.Jobs;
using Cluster.Storage.Snapshots;
using Cluster.Storage.Training;
using StackExchange.Redis;

namespace Cluster.Storage.Checkpoints;

/// <summary>What became of a checkpoint that was to be kept under a name.</summary>
public enum AddAnswer
{
    Done,

    /// <summary>A job or another checkpoint has the name.</summary>
    Taken,

    /// <summary>A part of the state is gone.</summary>
    Missing,
}

/// <summary>Checkpoints in Redis: those in the manifests of jobs, and those with a name. Keys: <see cref="CheckpointKeys"/>.</summary>
public sealed class RedisCheckpoints(IConnectionMultiplexer redis, RedisTraining jobs, RedisSummaries summaries)
{
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>The checkpoint that people call this; null where there is none, or no longer.</summary>
    public async Task<StoredCheckpoint?> FindAsync(CheckpointId id)
    {
        if (id.Clock is null && await FindNamedAsync(id.Name) is { } named) return named;
        var all = await OfJobAsync(id.Name);
        return id.Clock is { } clock ? all.LastOrDefault(checkpoint => checkpoint.State.Clock == clock) : all.Count > 0 ? all[^1] : null;
    }

    /// <summary>A job's checkpoints, its best commit and its last one, the oldest first; none where there is no such job or it has not committed.</summary>
    public async Task<IReadOnlyList<StoredCheckpoint>> OfJobAsync(string job)
    {
        if (await jobs.ReadAsync(job) is not { Plan: { } plan, Protocol.Manifest: { } manifest } record) return [];
        IEnumerable<Checkpoint> best = record.Evaluated is { } evaluated ? [Checkpoint.Of(evaluated.Best.Manifest)] : [];
        var states = manifest.Checkpoints.Concat(best).Where(checkpoint => checkpoint.Clock != manifest.Clock)
            .DistinctBy(checkpoint => checkpoint.Clock).OrderBy(checkpoint => checkpoint.Clock).Append(Checkpoint.Of(manifest));
        RedisValue[] fields = [.. states.Select(state => (RedisValue)FieldOf(state))];
        var metrics = await MetricsAsync(job, record.Evaluated);
        var none = new Dictionary<string, double>();
        var fingerprints = await _database.HashGetAsync(CheckpointKeys.Fingerprints(job), fields);
        return [.. states.Zip(fingerprints, (state, fingerprint) => new StoredCheckpoint
        {
            Id = new CheckpointId(job, state.Clock).ToString(),
            Plan = plan,
            State = state,
            Fingerprint = (string?)fingerprint ?? "",
            Metrics = metrics.GetValueOrDefault(state.Clock) ?? none,
            IsBest = record.Evaluated?.Best.Figures.Clock == state.Clock,
        })];
    }

    // Of the evaluations in the record itself, and of those before as far as the job's summaries still have them.
    private async Task<Dictionary<long, IReadOnlyDictionary<string, double>>> MetricsAsync(string job, EvaluationState? evaluated)
    {
        var metrics = new Dictionary<long, IReadOnlyDictionary<string, double>>();
        if (evaluated is null) return metrics;
        foreach (var point in await summaries.ReadAsync(job, afterClock: 0))
        {
            var values = point.Values.Where(value => value.Key.StartsWith(SummaryNames.Evaluation, StringComparison.Ordinal))
                .ToDictionary(value => value.Key[SummaryNames.Evaluation.Length..], value => value.Value, StringComparer.Ordinal);
            if (values.Count > 0) metrics[point.Clock] = values;
        }

        foreach (var figures in (EvaluationFigures[])[evaluated.Last, evaluated.Best.Figures]) metrics[figures.Clock] = figures.Values;
        return metrics;
    }

    /// <summary>Those with a name, the newest first.</summary>
    public async Task<IReadOnlyList<StoredCheckpoint>> NamedAsync(int limit)
    {
        var names = await _database.SortedSetRangeByRankAsync(CheckpointKeys.All, 0, limit - 1, Order.Descending);
        var found = await Task.WhenAll(names.Select(name => FindNamedAsync(name!)));
        return [.. found.OfType<StoredCheckpoint>()];
    }

    /// <summary>Keeps a state that was written under a name's keys, for good.</summary>
    public async Task<AddAnswer> AddAsync(StoredCheckpoint named)
    {
        var isListed = await _database.SortedSetAddAsync(CheckpointKeys.All, named.Id, named.State.Time, SortedSetWhen.NotExists);
        RedisKey[] keys = [JobKeys.Record(named.Id), CheckpointKeys.Record(named.Id), .. PartsOf(named)];
        var answer = (string?)await CheckpointScripts.Add.EvaluateAsync(_database, keys, JsonSerializer.Serialize(named, SpecJson.Options));
        // Of one that is refused nothing stays; another one of this name, which came meanwhile, keeps its place in the list.
        if (answer != "done" && isListed && !await _database.KeyExistsAsync(CheckpointKeys.Record(named.Id)))
            await _database.SortedSetRemoveAsync(CheckpointKeys.All, named.Id);
        return answer switch
        {
            "done" => AddAnswer.Done,
            "taken" => AddAnswer.Taken,
            _ => AddAnswer.Missing,
        };
    }

    /// <summary>Removes one with a name; false where there is none.</summary>
    public async Task<bool> RemoveAsync(string name)
    {
        string? json = await _database.StringGetAsync(CheckpointKeys.Record(name));
        if (json is null) return false;
        var named = Parse(json);
        RedisKey[] keys = [CheckpointKeys.Record(name), .. PartsOf(named)];
        var isDone = (string?)await CheckpointScripts.Remove.EvaluateAsync(_database, keys, json) == "done";
        if (isDone) await _database.SortedSetRemoveAsync(CheckpointKeys.All, name);
        return isDone;
    }

    /// <summary>Deletes a state that did not come to have a name.</summary>
    public Task DiscardAsync(StoredCheckpoint unnamed) => _database.KeyDeleteAsync([.. PartsOf(unnamed)]);

    /// <summary>How long a checkpoint stays; null for as long as nobody removes it.</summary>
    public Task<TimeSpan?> TimeToLiveAsync(StoredCheckpoint checkpoint)
    {
        return _database.KeyTimeToLiveAsync(SnapshotKeys.Head(checkpoint.State.Snapshots[0]));
    }

    /// <summary>Notes the fingerprint of a job's checkpoint, so that it is computed once.</summary>
    public async Task NoteFingerprintAsync(StoredCheckpoint checkpoint, string fingerprint)
    {
        if (checkpoint.IsNamed) return;
        RedisKey key = CheckpointKeys.Fingerprints(checkpoint.Owner);
        await _database.HashSetAsync(key, FieldOf(checkpoint.State), fingerprint);
        // Goes with what it is about: an ended job's keys expire.
        if (await _database.KeyTimeToLiveAsync(TrainingKeys.Training(checkpoint.Owner)) is { } left) await _database.KeyExpireAsync(key, left);
    }

    /// <summary>The checkpoint that is kept under a name; null where there is none.</summary>
    public async Task<StoredCheckpoint?> FindNamedAsync(string name) =>
        await _database.StringGetAsync(CheckpointKeys.Record(name)) is { IsNull: false } json ? Parse(json!) : null;

    private static StoredCheckpoint Parse(string json) =>
        JsonSerializer.Deserialize<StoredCheckpoint>(json, SpecJson.Options) ?? throw new JsonException("the record of a checkpoint is null");

    private static IEnumerable<RedisKey> PartsOf(StoredCheckpoint checkpoint) =>
        checkpoint.State.Snapshots.SelectMany(key => SnapshotParts.Of(key, checkpoint.Plan));

    private static string FieldOf(Checkpoint state) => FormattableString.Invariant($"{state.Generation}@{state.Clock}");
}
