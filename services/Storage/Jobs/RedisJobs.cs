using System.Globalization;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Segments;
using StackExchange.Redis;

namespace Cluster.Storage.Jobs;

/// <summary>Records of jobs. Keys: <see cref="JobKeys"/>.</summary>
/// <param name="redis">Where they are.</param>
/// <param name="time">The clock of what is written.</param>
/// <param name="retention">How long the record of a job stays that has ended.</param>
public sealed class RedisJobs(IConnectionMultiplexer redis, TimeProvider time, TimeSpan retention)
{
    /// <summary>Placements that one reading gives at most.</summary>
    public const int MaxPlacements = 1000;

    private static readonly TimeSpan SubmissionLife = TimeSpan.FromDays(1);

    // A submission lists its id before it writes the record; it does not take this long.
    private static readonly TimeSpan WritingTime = TimeSpan.FromMinutes(5);

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>
    /// Writes a new job, once for an idempotency key: a repeated key answers with the id of the job it made. The job is
    /// listed as open before its record is written, so that a crash in between loses nothing.
    /// </summary>
    public async Task<string> CreateAsync(NewJob job, string owner)
    {
        var submission = JobKeys.Submission(job.IdempotencyKey);
        if (!await _database.StringSetAsync(submission, job.Id, SubmissionLife, When.NotExists))
        {
            var earlier = (string)(await _database.StringGetAsync(submission))!;
            if (earlier != job.Id) return await CreateRecordAsync(job with { Id = earlier }, owner);
        }

        return await CreateRecordAsync(job, owner);
    }

    public async Task<JobRecord?> ReadAsync(string id)
    {
        var fields = (await _database.HashGetAllAsync(JobKeys.Record(id))).ToDictionary(e => (string)e.Name!, e => (string)e.Value!);
        return fields.ContainsKey("state") ? Read(id, fields) : null;
    }

    /// <summary>The newest jobs first; ids whose record has expired are dropped from the list.</summary>
    public async Task<IReadOnlyList<JobRecord>> ListAsync(int limit)
    {
        var entries = await _database.SortedSetRangeByRankWithScoresAsync(JobKeys.All, 0, limit - 1, Order.Descending);
        var records = await Task.WhenAll(entries.Select(entry => ReadAsync(entry.Element!)));
        var written = (time.GetUtcNow() - WritingTime).ToUnixTimeMilliseconds();
        var gone = entries.Where((entry, i) => records[i] is null && entry.Score < written).Select(entry => entry.Element).ToArray();
        if (gone.Length > 0) await _database.SortedSetRemoveAsync(JobKeys.All, gone);
        return [.. records.OfType<JobRecord>()];
    }

    /// <summary>Ids of jobs that may not have ended.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync() => [.. (await _database.SetMembersAsync(JobKeys.Open)).Select(id => (string)id!)];

    public Task<long> CountOpenAsync() => _database.SetLengthAsync(JobKeys.Open);

    /// <summary>Whether this idempotency key has made a job.</summary>
    public Task<bool> WasSubmittedAsync(string idempotencyKey) => _database.KeyExistsAsync(JobKeys.Submission(idempotencyKey));

    /// <summary>The job that an idempotency key made; null where there is none, not yet or not any more.</summary>
    public async Task<JobRecord?> FindSubmittedAsync(string idempotencyKey)
        => await _database.StringGetAsync(JobKeys.Submission(idempotencyKey)) is { IsNull: false } id ? await ReadAsync(id!) : null;

    public Task CloseAsync(string id) => _database.SetRemoveAsync(JobKeys.Open, id);

    /// <summary>Makes a chief the owner of a job; false when the job has ended or is not there.</summary>
    public async Task<bool> AdoptAsync(string id, string owner)
        => (bool)await JobScripts.Adopt.EvaluateAsync(_database, [JobKeys.Record(id)], owner);

    /// <summary>Moves a job from one state to another, if it is in that state and this chief owns it.</summary>
    public async Task<TransitionAnswer> MoveAsync(string id, string owner, JobState from, JobState to, string error = "")
    {
        var ends = to != JobState.Running;
        var answer = await JobScripts.Transition.EvaluateAsync(_database, [JobKeys.Record(id)],
            owner, from.ToText(), to.ToText(), Milliseconds(time.GetUtcNow()), ends ? "ended" : "started", error,
            ends ? (long)retention.TotalSeconds : 0);
        return (string)answer! switch
        {
            "done" => TransitionAnswer.Done,
            "fenced" => TransitionAnswer.Fenced,
            "missing" => TransitionAnswer.Missing,
            _ => TransitionAnswer.Refused,
        };
    }

    /// <summary>Deletes what only a running job needs, keeps the record and the placements for as long as the record.</summary>
    public async Task CleanUpAsync(string id)
    {
        await _database.KeyDeleteAsync([JobKeys.Items(id), JobKeys.Claims(id), JobKeys.Attempts(id), JobKeys.Results(id)]);
        await _database.KeyExpireAsync(JobKeys.Placements(id), retention);
        await CloseAsync(id);
    }

    /// <summary>Placements from a position on, <c>from-to device</c> each.</summary>
    public async Task<IReadOnlyList<string>> PlacementsAsync(string id, long from)
        => [.. (await _database.ListRangeAsync(JobKeys.Placements(id), from, from + MaxPlacements - 1)).Select(p => (string)p!)];

    private async Task<string> CreateRecordAsync(NewJob job, string owner)
    {
        await _database.SetAddAsync(JobKeys.Open, job.Id);
        await _database.SortedSetAddAsync(JobKeys.All, job.Id, job.Submitted.ToUnixTimeMilliseconds(), When.NotExists);
        await JobScripts.Create.EvaluateAsync(_database, [JobKeys.Record(job.Id)],
            "state", JobState.Pending.ToText(), "kind", job.Kind, "spec", job.Spec, "generation", job.Generation.ToString(),
            "owner", owner, "submitted", Milliseconds(job.Submitted), "trace", job.Trace, "key", job.IdempotencyKey,
            "placements", job.LogDevicePlacement ? 1 : 0, "chiefs", 1);
        return job.Id;
    }

    private static JobRecord Read(string id, Dictionary<string, string> fields) => new()
    {
        Id = id,
        Kind = fields["kind"],
        State = JobStates.Parse(fields["state"]),
        Spec = fields["spec"],
        Generation = Generation.Parse(fields["generation"]),
        Submitted = Time(fields, "submitted") ?? default,
        Started = Time(fields, "started"),
        Ended = Time(fields, "ended"),
        Trace = fields.GetValueOrDefault("trace", ""),
        IdempotencyKey = fields.GetValueOrDefault("key", ""),
        Cuts = Cuts(fields),
        Device = fields.GetValueOrDefault("device", ""),
        Done = Number(fields, "done"),
        Total = Number(fields, "total"),
        Ranges = Number(fields, "ranges"),
        TakenOver = Number(fields, "takenover"),
        Chiefs = Number(fields, "chiefs"),
        Republished = Number(fields, "republished"),
        Failed = Number(fields, "failed"),
        Result = fields.GetValueOrDefault("result", ""),
        Error = fields.GetValueOrDefault("error", ""),
    };

    private static Dictionary<int, long> Cuts(Dictionary<string, string> fields)
        => fields.Where(f => f.Key.StartsWith(JobKeys.CutField, StringComparison.Ordinal))
            .ToDictionary(f => int.Parse(f.Key.AsSpan(JobKeys.CutField.Length), CultureInfo.InvariantCulture),
            f => long.Parse(f.Value, CultureInfo.InvariantCulture));

    private static long Number(Dictionary<string, string> fields, string name)
        => fields.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static DateTimeOffset? Time(Dictionary<string, string> fields, string name)
        => fields.ContainsKey(name) ? DateTimeOffset.FromUnixTimeMilliseconds(Number(fields, name)) : null;

    private static string Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
