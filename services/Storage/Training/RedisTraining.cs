using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Snapshots;
using StackExchange.Redis;

namespace Cluster.Storage.Training;

/// <summary>What became of a coordinator's change to a training job's record.</summary>
public enum TrainingAnswer
{
    Done,

    /// <summary>Another coordinator runs the job.</summary>
    Fenced,

    /// <summary>The job has ended.</summary>
    Closed,

    /// <summary>The record is not what the caller read.</summary>
    Moved,

    /// <summary>A snapshot to start from is gone.</summary>
    SnapshotMissing,
}

/// <summary>Training jobs in Redis: plan, generation, commits, counters, blame. Keys: <see cref="TrainingKeys"/>. Each change is one script.</summary>
public sealed partial class RedisTraining(IConnectionMultiplexer redis)
{
    /// <summary>Most lines about where a job's variables lie and its items ran; a long job has items without end.</summary>
    public const int MaxPlacedItems = 10_000;

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Null where there is no such job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="known">The job's plan where it was read before: it never changes, and is not read again.</param>
    public async Task<TrainingRecord?> ReadAsync(string id, TrainingPlan? known = null)
    {
        var reply = (RedisResult[])(await TrainingScripts.Read.EvaluateAsync(_database, Keys(id), known is null ? 0 : 1))!;
        var job = (RedisResult[])reply[0]!;
        if (job[1].IsNull) return null;
        var fields = ((RedisResult[])reply[1]!).Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => (string)pair[1]!);
        var plan = known is not null && fields.ContainsKey("plan") ? known : Read<TrainingPlan>(fields, "plan");
        return new TrainingRecord
        {
            Owner = (string?)job[0] ?? "",
            IsRunning = (string?)job[1] == "running",
            HasResult = !job[2].IsNull,
            Plan = plan,
            Protocol = new CommitRecord(
                fields.TryGetValue("generation", out var generation) ? Generation.Parse(generation) : Generation.None,
                fields.TryGetValue("incarnations", out var incarnations) ? ParseIncarnations(incarnations) : [],
                Read<CommitManifest>(fields, "manifest"))
            {
                End = fields.TryGetValue("end", out var end) ? long.Parse(end, CultureInfo.InvariantCulture) : null,
            },
            Counters = TrainingCounters.Of(fields),
            CancelReason = fields.GetValueOrDefault("cancel", ""),
            EndReason = fields.GetValueOrDefault("end-reason", ""),
            Warnings = [.. plan?.Warnings ?? [], .. fields.TryGetValue("warning", out var warning) ? [warning] : Array.Empty<string>()],
            Evaluated = Read<EvaluationState>(fields, "evaluated"),
            ToEvaluate = [.. fields.Keys.Where(name => name.StartsWith(ToEvaluatePrefix, StringComparison.Ordinal))
                .Select(name => Read<CommitManifest>(fields, name)!).OrderBy(manifest => manifest.Clock)],
        };
    }

    /// <summary>Writes the plan, unless there is one, and with it the state to start from, where <see cref="StartRule"/> allows it,
    /// and where variables lie, for a job that logs placement.</summary>
    /// <param name="id">The job.</param>
    /// <param name="owner">Token of the coordinator.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="placements"><c>variable device</c> of each variable's part on a ps task.</param>
    /// <param name="start">The committed state to start from; null for the model's first parameters.</param>
    public async Task<TrainingAnswer> PlanAsync(string id, string owner, TrainingPlan plan, IEnumerable<string> placements, CommitManifest? start = null)
    {
        RedisKey[] keys = [.. Keys(id), JobKeys.Placements(id), .. start is null ? [] : start.Snapshots.SelectMany(key => SnapshotParts.Of(key, plan))];
        RedisValue[] manifest = start is null ? ["", "", 0] : [IdOf(start.Id), JsonSerializer.Serialize(start, SpecJson.Options), start.Clock];
        return Answer(await TrainingScripts.Plan.EvaluateAsync(_database, keys,
            [owner, JsonSerializer.Serialize(plan, SpecJson.Options), plan.Schedule().TotalClocks, .. manifest,
            .. placements.Select(placement => (RedisValue)placement)]));
    }

    /// <summary>Starts a generation, where <see cref="GenerationRule"/> allows it.</summary>
    public Task<TrainingAnswer> StartGenerationAsync(string id, string owner, GenerationRequest request) =>
        ChangeAsync(TrainingScripts.StartGeneration, id, owner,
            request.Current.ToString(), request.Next.ToString(),
            string.Join(',', request.Incarnations.Select(i => i.ToString("x16", CultureInfo.InvariantCulture))));

    /// <summary>Makes a manifest the committed one, where <see cref="FlipRule"/> allows it.</summary>
    public async Task<FlipResult> FlipAsync(string id, string owner, FlipRequest request, TrainingPlan plan)
    {
        var next = request.Next;
        RedisKey[] keys = [.. Keys(id), .. next.Snapshots.SelectMany(key => SnapshotParts.Of(key, plan))];
        var answer = (string)(await TrainingScripts.Flip.EvaluateAsync(_database, keys,
            owner, next.Generation.ToString(), request.Previous is { } previous ? IdOf(previous) : "", IdOf(next.Id),
            JsonSerializer.Serialize(next, SpecJson.Options), next.Clock, plan.Evaluations().IsAt(next.Clock)))!;
        return answer switch
        {
            "done" => FlipResult.Flipped,
            "generation" => FlipResult.GenerationChanged,
            "manifest" => FlipResult.ManifestChanged,
            "missing" => FlipResult.SnapshotMissing,
            _ => FlipResult.NotCoordinator,
        };
    }

    /// <summary>Deletes snapshots.</summary>
    public Task DeleteSnapshotsAsync(IEnumerable<SnapshotKey> snapshots, TrainingPlan plan) =>
        _database.KeyDeleteAsync([.. snapshots.SelectMany(key => SnapshotParts.Of(key, plan))]);

    /// <summary>Notes what ps processes count: see <see cref="TrainingCounters"/>.</summary>
    public Task<TrainingAnswer> ObserveAsync(string id, string owner, IReadOnlyCollection<KeyValuePair<string, long>> fields) =>
        ChangeAsync(TrainingScripts.Observe, id, owner, [.. fields.SelectMany(field => new RedisValue[] { field.Key, field.Value })]);

    /// <summary>Notes what the user ought to look at in how the loss goes; the first warning stays.</summary>
    public Task<TrainingAnswer> WarnAsync(string id, string owner, string warning) => ChangeAsync(TrainingScripts.Warn, id, owner, warning);

    /// <summary>Notes that items of a segment are about to be published: a new segment, or items that go out again.</summary>
    public Task<TrainingAnswer> PublishedAsync(string id, string owner, Generation generation, Segment segment, int items) =>
        ChangeAsync(TrainingScripts.Published, id, owner, string.Create(CultureInfo.InvariantCulture, $"{generation}@{segment.From}"), items);

    /// <summary>The job has ended: what is kept of it goes when its record goes, the rest goes now.</summary>
    public async Task CloseAsync(string id, TimeSpan retention)
    {
        if (await ReadAsync(id) is { Plan: { } plan, Protocol.Manifest: { } manifest } record)
        {
            HashSet<SnapshotKey> kept =
            [
                .. manifest.Snapshots,
                .. manifest.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots),
                .. record.Evaluated?.Best.Manifest.Snapshots ?? [],
            ];
            IEnumerable<SnapshotKey> named = [.. manifest.Previous, .. manifest.Expired, .. record.ToEvaluate.SelectMany(open => open.Snapshots)];
            await DeleteSnapshotsAsync(named.Where(key => !kept.Contains(key)), plan);
            foreach (var key in kept.SelectMany(snapshot => SnapshotParts.Of(snapshot, plan)))
                await _database.KeyExpireAsync(key, retention);
        }

        await _database.KeyDeleteAsync([TrainingKeys.Blame(id), TrainingKeys.Evaluations(id)]);
        await _database.KeyExpireAsync(TrainingKeys.Training(id), retention);
        await _database.KeyExpireAsync(CheckpointKeys.Fingerprints(id), retention);
    }

    /// <summary>The generation that a worker may work for; none where the job does not run.</summary>
    public async Task<Generation> CurrentGenerationAsync(string id) =>
        (string?)await TrainingScripts.ReadGeneration.EvaluateAsync(_database, Keys(id)) is { } generation
            ? Generation.Parse(generation)
            : Generation.None;

    /// <summary>A worker begins an item.</summary>
    /// <param name="id">The job.</param>
    /// <param name="item">The item.</param>
    /// <param name="isRedelivered">Whether another worker had this very message and did not acknowledge it.</param>
    /// <returns>The workers that have left it unfinished since one ended it; null where the item is no longer wanted.</returns>
    public Task<long?> BeginItemAsync(string id, SegmentItem item, bool isRedelivered) =>
        BlameAsync(id, item.Generation, FieldOf(item), isRedelivered ? 1 : 0);

    /// <summary>A worker ends an item, however it ended: nobody is to blame.</summary>
    public Task EndItemAsync(string id, SegmentItem item) => BlameAsync(id, item.Generation, FieldOf(item), -1);

    /// <summary>A batch has thrown.</summary>
    /// <returns>How often it has; null where the item is no longer wanted.</returns>
    public Task<long?> FailBatchAsync(string id, Generation generation, int lane, long clock) =>
        BlameAsync(id, generation, string.Create(CultureInfo.InvariantCulture, $"{lane}@{clock}"), 1);

    /// <summary>A batch has taken its device with it.</summary>
    /// <returns>How often it has; null where the item is no longer wanted.</returns>
    public Task<long?> LoseDeviceAsync(string id, Generation generation, int lane, long clock) =>
        BlameAsync(id, generation, string.Create(CultureInfo.InvariantCulture, $"lost:{lane}@{clock}"), 1);

    /// <summary>Notes where an item ran, for a job that logs placement, up to <see cref="MaxPlacedItems"/> lines.</summary>
    /// <param name="id">The job.</param>
    /// <param name="owner">Token of the coordinator.</param>
    /// <param name="item">The item, as people read it.</param>
    /// <param name="device">Full name of the device.</param>
    public async Task<TrainingAnswer> PlaceAsync(string id, string owner, string item, string device) =>
        Answer(await TrainingScripts.Place.EvaluateAsync(_database, [.. Keys(id), JobKeys.Placements(id)], [owner, $"{item} {device}", MaxPlacedItems]));

    private async Task<long?> BlameAsync(string id, Generation generation, string field, long by)
    {
        var answer = (string)(await TrainingScripts.Blame.EvaluateAsync(
            _database, [.. Keys(id), TrainingKeys.Blame(id)], generation.ToString(), field, by))!;
        return answer == "closed" ? null : long.Parse(answer, CultureInfo.InvariantCulture);
    }

    private async Task<TrainingAnswer> ChangeAsync(RedisScript script, string id, string owner, params RedisValue[] arguments) =>
        Answer(await script.EvaluateAsync(_database, Keys(id), [owner, .. arguments]));

    private static TrainingAnswer Answer(RedisResult reply) => (string?)reply switch
    {
        "done" => TrainingAnswer.Done,
        "fenced" => TrainingAnswer.Fenced,
        "closed" => TrainingAnswer.Closed,
        "missing" => TrainingAnswer.SnapshotMissing,
        _ => TrainingAnswer.Moved,
    };

    private static RedisKey[] Keys(string id) => [JobKeys.Record(id), TrainingKeys.Training(id)];

    private static string FieldOf(SegmentItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"segment of {item.Segment.From}@{item.Lanes.Run(0).First}");

    private static string IdOf(ManifestId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Generation}@{id.Clock}");

    private static ulong[] ParseIncarnations(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(i => ulong.Parse(i, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];

    private static T? Read<T>(Dictionary<string, string> fields, string name)
        where T : class =>
        fields.TryGetValue(name, out var json) ? JsonSerializer.Deserialize<T>(json, SpecJson.Options) : null;
}
