using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Training;
using Cluster.Testing;
using CsCheck;
using StackExchange.Redis;

namespace Cluster.Storage.Tests.Training;

public sealed class TrainingScriptOnGarnetTests(RedisServers servers) : TrainingScriptTests(servers, RedisKind.Garnet);

public sealed class TrainingScriptOnRedisServerTests(RedisServers servers) : TrainingScriptTests(servers, RedisKind.RedisServer);

/// <summary>The scripts against the rules of the protocol: random changes, after each of which every key of the job is compared.</summary>
public abstract class TrainingScriptTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    private readonly HashSet<string> _seen = [];

    // What Redis held of the job right before the last change.
    private string _before = "";

    [Fact]
    public async Task Change_AnySequence_DoesWhatTheRulesSayAndNothingElse()
    {
        await StoreAction.Any.Array[1, 40].SampleAsync(RunAsync, iter: 150, threads: 1);

        Assert.Superset(
            new HashSet<string>(["Start Done", "Start Fenced", "Start Closed", "Start Moved", "Flip Flipped", "Flip NotCoordinator", "Flip GenerationChanged",
                "Flip ManifestChanged", "Flip SnapshotMissing", "Plan Done", "Plan Fenced", "Plan Closed", "Plan SnapshotMissing", "Count Done", "Count Fenced",
                "Item 1", "Item ", "Batch 1", "Batch ",
                "Result Done", "Result Moved", "Finish Done", "Finish Moved"]),
            _seen);
    }

    private async Task RunAsync(StoreAction[] actions)
    {
        var job = NewId();
        var model = new StoreModel(job);
        var store = new RedisTraining(Redis);
        await Database.HashSetAsync($"cluster:job:{{{job}}}", [new("owner", StoreModel.Text(model.Holder)), new("state", model.State)]);
        foreach (var action in actions)
        {
            _before = Show(model.Dump());
            var (expected, actual) = await DoAsync(action, job, model, store);

            Assert.Equal((action, expected), (action, actual));
            var after = Show(await DumpAsync(job, model.Dump().Keys));
            Assert.Equal(Show(model.Dump()), after);
            if (expected is (FlipResult and not FlipResult.Flipped) or (TrainingAnswer and not TrainingAnswer.Done) or null or false)
                Assert.Equal(_before, after);
            _seen.Add($"{action.GetType().Name} {actual}");
        }

        Assert.Equal(model.Dump().Keys, await KeysWithAsync(job));
        await CheckReadAsync(job, model, store);
    }

    private async Task<(object? Expected, object? Actual)> DoAsync(StoreAction action, string job, StoreModel model, RedisTraining store)
    {
        switch (action)
        {
            case StoreAction.Start start:
                var request = new GenerationRequest(
                    Token(model, start.IsHolder), Generation(model, start.Current), new Generation(start.Counter, start.Random), start.Incarnations);
                return (model.Start(request), await store.StartGenerationAsync(job, StoreModel.Text(request.Token), request));
            case StoreAction.Flip flip:
                var commit = await WriteAsync(flip, job, model);
                return (model.Flip(commit), await store.FlipAsync(job, StoreModel.Text(commit.Token), commit, Plans.Plan));
            case StoreAction.Plan plan:
                var begin = plan.HasStart ? await WriteStartAsync(plan.Lost, job, model) : null;
                var planner = Token(model, plan.IsHolder);
                return (model.Plan(planner, begin), await store.PlanAsync(job, StoreModel.Text(planner), Plans.Plan, ["w /job:ps/task:0"], begin));
            case StoreAction.Count count:
                KeyValuePair<string, long>[] counts =
                    [new(TrainingCounters.StealsOf(5), count.By), new(TrainingCounters.PushesOf(PushOutcome.Duplicate, 5), 2),
                    new(TrainingCounters.StealsOf(6), 1)];
                var token = Token(model, count.IsHolder);
                return (model.Observe(token, counts), await store.ObserveAsync(job, StoreModel.Text(token), counts));
            case StoreAction.Item item:
                var work = new SegmentItem(Generation(model, item.Generation), new Segment(8, 16), LaneSet.Of(new LaneBlock(item.Lane, 2)));
                var workers = model.Blame(work.Generation, $"segment of 8@{item.Lane}", item.Ends ? -1 : 1);
                if (!item.Ends) return (workers, await store.BeginItemAsync(job, work, isRedelivered: true));
                await store.EndItemAsync(job, work);
                return (workers, workers);
            case StoreAction.Batch batch:
                return (model.Blame(Generation(model, batch.Generation), $"{batch.Lane}@{batch.Clock}", 1),
                    await store.FailBatchAsync(job, Generation(model, batch.Generation), batch.Lane, batch.Clock));
            case StoreAction.Result result:
                var manifest = Manifest(model, result.Manifest) ?? new ManifestId(model.Protocol.Generation, 99);
                var recorder = Token(model, result.IsHolder);
                var value = Plans.Result(result.Value);
                return (model.RecordResult(recorder, manifest, System.Text.Json.JsonSerializer.Serialize(value, SpecJson.Options)),
                    await store.RecordResultAsync(job, StoreModel.Text(recorder), manifest, value));
            case StoreAction.Finish finish:
                var last = Manifest(model, finish.Manifest) ?? new ManifestId(model.Protocol.Generation, 99);
                var finisher = Token(model, finish.IsHolder);
                return (model.Finish(finisher, last, "time"), await store.EndAsync(job, StoreModel.Text(finisher), last, "time", isEvaluated: false));
            case StoreAction.Adopt adopt:
                model.Holder = adopt.Token;
                await Database.HashSetAsync($"cluster:job:{{{job}}}", "owner", StoreModel.Text(adopt.Token));
                return ("adopted", "adopted");
            default:
                model.State = "cancelled";
                await Database.HashSetAsync($"cluster:job:{{{job}}}", "state", "cancelled");
                return ("ended", "ended");
        }
    }

    /// <summary>What is copied of a checkpoint before a job is planned, but for what is lost of it again.</summary>
    private async Task<CommitManifest> WriteStartAsync(int lost, string job, StoreModel model)
    {
        var generation = new Generation(0, 77);
        var snapshots = Plans.Snapshots(job, generation, 3);
        await WriteAsync(snapshots, lost, model);
        return new CommitManifest { Generation = generation, Clock = 3, Examples = 21, Snapshots = snapshots, Previous = [], Expired = [] };
    }

    private async Task WriteAsync(SnapshotKey[] snapshots, int lost, StoreModel model)
    {
        string[] keys = [.. snapshots.SelectMany(Plans.Keys)];
        string[] absent = [.. keys.Where(key => !model.Snapshots.ContainsKey(key))];
        await Task.WhenAll(absent.Select(key => Database.StringSetAsync(key, "x", TimeSpan.FromMinutes(10))));
        foreach (var key in absent) model.Snapshots[key] = false;

        if (lost >= 0)
        {
            await Database.KeyDeleteAsync(keys[lost]);
            model.Snapshots.Remove(keys[lost]);
        }

        _before = Show(model.Dump());
    }

    /// <summary>What the ps tasks write before a flip, but for what is lost of it again.</summary>
    private async Task<FlipRequest> WriteAsync(StoreAction.Flip flip, string job, StoreModel model)
    {
        var generation = Generation(model, flip.Generation);
        var snapshots = Plans.Snapshots(job, generation, flip.Clock);
        await WriteAsync(snapshots, flip.Lost, model);
        return new FlipRequest(Token(model, flip.IsHolder), Manifest(model, flip.Previous),
            new CheckpointPolicy(2, 2).Follow(model.Protocol.Manifest, new CommitManifest
            {
                Generation = generation,
                Clock = flip.Clock,
                Examples = flip.Clock * 7,
                Snapshots = snapshots,
                Previous = [],
                Expired = [],
                Time = 1_700_000_000_000,
            }));
    }

    private static async Task CheckReadAsync(string job, StoreModel model, RedisTraining store)
    {
        var record = (await store.ReadAsync(job))!;

        Assert.Equal((StoreModel.Text(model.Holder), model.State == "running", model.Result is not null), (record.Owner, record.IsRunning, record.HasResult));
        Assert.Equal(model.Protocol.Generation, record.Protocol.Generation);
        Assert.Equal(model.Protocol.Incarnations, record.Protocol.Incarnations);
        Assert.Equivalent(model.Protocol.Manifest, record.Protocol.Manifest, strict: true);
        Assert.Equal(model.State == "running" ? model.Protocol.Generation : Protocol.Segments.Generation.None, await store.CurrentGenerationAsync(job));
    }

    private static CoordinatorToken Token(StoreModel model, bool isHolder) => isHolder ? model.Holder : model.Holder with { Random = model.Holder.Random + 1 };

    private static Generation Generation(StoreModel model, StoreAction.Source source) => source switch
    {
        StoreAction.Source.There => model.Protocol.Generation,
        StoreAction.Source.None => Protocol.Segments.Generation.None,
        _ => model.Protocol.Generation with { Random = model.Protocol.Generation.Random + 1 },
    };

    private static ManifestId? Manifest(StoreModel model, StoreAction.Source source) => source switch
    {
        StoreAction.Source.There => model.Protocol.Manifest?.Id,
        StoreAction.Source.None => null,
        _ => new ManifestId(model.Protocol.Generation, (model.Protocol.Manifest?.Clock ?? 0) + 1),
    };

    private async Task<SortedDictionary<string, string>> DumpAsync(string job, IEnumerable<string> expected)
    {
        string[] hashes = [$"cluster:job:{{{job}}}", $"cluster:job:{{{job}}}:training", $"cluster:job:{{{job}}}:blame"];
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await Task.WhenAll([.. hashes.Select(ReadHashAsync), .. expected.Except(hashes).Select(ReadSnapshotAsync)]);
        return keys;

        async Task ReadHashAsync(string key)
        {
            var fields = await Database.HashGetAllAsync(key);
            lock (keys)
            {
                if (fields.Length > 0) keys[key] = StoreModel.Show(fields.Select(f => KeyValuePair.Create((string)f.Name!, (string)f.Value!)));
            }
        }

        async Task ReadSnapshotAsync(string key)
        {
            var (exists, timeToLive) = (Database.KeyExistsAsync(key), Database.KeyTimeToLiveAsync(key));
            if (!await exists) return;
            var shown = await timeToLive is null ? "stays" : "expires";
            lock (keys) keys[key] = shown;
        }
    }

    private static string Show(SortedDictionary<string, string> keys) => string.Join("\n\n", keys.Select(key => $"{key.Key}\n{key.Value}"));
}
