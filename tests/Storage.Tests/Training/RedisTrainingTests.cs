using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Training;

public sealed class RedisTrainingOnGarnetTests(RedisServers servers) : RedisTrainingTests(servers, RedisKind.Garnet);

public sealed class RedisTrainingOnRedisServerTests(RedisServers servers) : RedisTrainingTests(servers, RedisKind.RedisServer);

public abstract class RedisTrainingTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    private static readonly CoordinatorToken Token = new(4, 0xC0FFEE);
    private static readonly string Owner = StoreModel.Text(Token);
    private static readonly Generation First = new(1, ulong.MaxValue);

    private readonly string _job = NewId();
    private RedisTraining _training = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _training = new RedisTraining(Redis);
    }

    [Fact]
    public async Task Read_NoSuchJob_IsNull()
    {
        Assert.Null(await _training.ReadAsync(_job));
        Assert.Equal(Generation.None, await _training.CurrentGenerationAsync(_job));
        Assert.Equal(TrainingAnswer.Fenced, await _training.PlanAsync(_job, Owner, Plans.Plan, []));
        Assert.Empty(await KeysWithAsync(_job));
    }

    [Fact]
    public async Task Read_WhatWasWritten_ComesBack()
    {
        await RunningAsync();
        await _training.PlanAsync(_job, Owner, Plans.Plan, []);
        await _training.StartGenerationAsync(_job, Owner, new GenerationRequest(Token, Generation.None, First, [0xAB00, ulong.MaxValue]));
        var manifest = await CommitAsync(null, 16);
        await _training.ObserveAsync(_job, Owner, [new(TrainingCounters.StealsOf(7), 3), new(TrainingCounters.PushesOf(PushOutcome.Duplicate, 7), 5)]);
        await _training.ObserveAsync(_job, Owner, [new(TrainingCounters.StealsOf(7), 4), new(TrainingCounters.StealsOf(ulong.MaxValue), 10)]);
        await _training.PublishedAsync(_job, Owner, First, new Segment(0, 16), 3);

        var record = (await _training.ReadAsync(_job))!;

        Assert.Equivalent(Plans.Plan, record.Plan, strict: true);
        Assert.Equal((Owner, true, false), (record.Owner, record.IsRunning, record.HasResult));
        Assert.Equal(First, record.Protocol.Generation);
        Assert.Equal([0xAB00, ulong.MaxValue], record.Protocol.Incarnations);
        Assert.Equivalent(manifest, record.Protocol.Manifest, strict: true);
        var counters = record.Counters;
        Assert.Equal((1, 1, 1, 14), (counters.Generations, counters.Commits, counters.Segments, counters.Steals));
        Assert.Equal((5, 0), (counters.Pushes(PushOutcome.Duplicate), counters.Pushes(PushOutcome.Rewind)));
        Assert.Equal(First, await _training.CurrentGenerationAsync(_job));
    }

    [Fact]
    public async Task Read_PlanIsKnown_ComesBackAsItIsAndIsMissedWhereRedisHasLostIt()
    {
        await RunningAsync();
        await _training.PlanAsync(_job, Owner, Plans.Plan, []);
        var known = Plans.Plan with { Rows = 7 };

        Assert.Same(known, (await _training.ReadAsync(_job, known))!.Plan);
        Assert.Equal(Plans.Plan.Rows, (await _training.ReadAsync(_job))!.Plan!.Rows);
        await Database.HashDeleteAsync(TrainingKeys.Training(_job), "plan");
        Assert.Null((await _training.ReadAsync(_job, known))!.Plan);
    }

    [Fact]
    public async Task Plan_SecondTime_LeavesTheFirst()
    {
        await RunningAsync();

        Assert.Equal(TrainingAnswer.Done, await _training.PlanAsync(_job, Owner, Plans.Plan, []));
        Assert.Equal(TrainingAnswer.Done, await _training.PlanAsync(_job, Owner, Plans.Plan with { Rows = 7 }, []));
        Assert.Equal(TrainingAnswer.Fenced, await _training.PlanAsync(_job, "another", Plans.Plan with { Rows = 8 }, []));

        Assert.Equal(Plans.Plan.Rows, (await _training.ReadAsync(_job))!.Plan!.Rows);
    }

    [Fact]
    public async Task Plan_JobThatLogsPlacement_KeepsWhereVariablesLieOnce()
    {
        await RunningAsync();
        await Database.HashSetAsync(JobKeys.Record(_job), "placements", 1);

        await _training.PlanAsync(_job, Owner, Plans.Plan, ["w /job:ps/task:0", "b /job:ps/task:1"]);
        await _training.PlanAsync(_job, Owner, Plans.Plan, ["w /job:ps/task:7"]);

        Assert.Equal(["w /job:ps/task:0", "b /job:ps/task:1"], (await Database.ListRangeAsync(JobKeys.Placements(_job))).Select(item => (string)item!));
        Assert.Equal(Plans.Plan.Schedule().TotalClocks, (long)await Database.HashGetAsync(JobKeys.Record(_job), "total"));
    }

    [Fact]
    public async Task Published_SegmentAgain_CountsItsItemsAsRepublished()
    {
        await RunningAsync();

        await _training.PublishedAsync(_job, Owner, First, new Segment(0, 16), 3);
        await _training.PublishedAsync(_job, Owner, First, new Segment(0, 16), 2);
        await _training.PublishedAsync(_job, Owner, First, new Segment(16, 20), 3);
        Assert.Equal(TrainingAnswer.Fenced, await _training.PublishedAsync(_job, "another", First, new Segment(20, 24), 3));

        Assert.Equal(2, (await _training.ReadAsync(_job))!.Counters.Segments);
        Assert.Equal(2, (long)await Database.HashGetAsync(JobKeys.Record(_job), "republished"));
    }

    [Fact]
    public async Task Flip_ManyAtOnceFromOneManifest_DoesOne()
    {
        await RunningAsync();
        await StartAsync();
        var requests = await Task.WhenAll(Enumerable.Range(1, 20).Select(clock => PrepareAsync(null, clock)));

        var results = await Task.WhenAll(requests.Select(request => Task.Run(() => _training.FlipAsync(_job, Owner, request, Plans.Plan), Ct)));

        var winner = Assert.Single(Enumerable.Range(0, results.Length), i => results[i] == FlipResult.Flipped);
        Assert.Equal(19, results.Count(result => result == FlipResult.ManifestChanged));
        Assert.Equal(requests[winner].Next.Clock, (await _training.ReadAsync(_job))!.Protocol.Manifest!.Clock);
    }

    [Fact]
    public async Task Close_JobWithOldSnapshots_DeletesThemAndKeepsTheLastForTheRecordsTime()
    {
        await RunningAsync();
        await _training.PlanAsync(_job, Owner, Plans.Plan, []);
        await StartAsync();
        var first = await CommitAsync(null, 1);
        var second = await CommitAsync(first, 2);
        var third = await CommitAsync(second, 3);
        await _training.BeginItemAsync(_job, new SegmentItem(First, new Segment(3, 4), LaneSet.Of(new LaneBlock(0, 4))), isRedelivered: true);
        Assert.All(await Task.WhenAll(KeysOf(third).Concat(KeysOf(second)).Concat(KeysOf(first)).Select(key => Database.KeyTimeToLiveAsync(key))), Assert.Null);

        await _training.CloseAsync(_job, TimeSpan.FromMinutes(30));

        Assert.Equal(Sorted([JobKeys.Record(_job), TrainingKeys.Training(_job), .. KeysOf(third)]), await KeysWithAsync(_job));
        foreach (var key in (string[])[TrainingKeys.Training(_job), .. KeysOf(third)])
            Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task DeleteSnapshots_Named_LeavesOthers()
    {
        await RunningAsync();
        await StartAsync();
        var first = await CommitAsync(null, 1);
        var second = await CommitAsync(first, 2);

        await _training.DeleteSnapshotsAsync(first.Snapshots, Plans.Plan);
        await _training.DeleteSnapshotsAsync([], Plans.Plan);

        Assert.Equal(Sorted([JobKeys.Record(_job), TrainingKeys.Training(_job), .. KeysOf(second)]), await KeysWithAsync(_job));
    }

    [Fact]
    public async Task BeginAndEndItem_WorkersThatLeft_AreCountedByItemUntilOneEndsIt()
    {
        await RunningAsync();
        await StartAsync();
        var item = new SegmentItem(First, new Segment(8, 16), LaneSet.Of(new LaneBlock(2, 2)));

        Assert.Equal(0, await _training.BeginItemAsync(_job, item, isRedelivered: false));
        Assert.Equal(0, await _training.BeginItemAsync(_job, item, isRedelivered: false));
        Assert.Equal(1, await _training.BeginItemAsync(_job, item, isRedelivered: true));
        Assert.Equal(2, await _training.BeginItemAsync(_job, item, isRedelivered: true));
        Assert.Equal(1, await _training.BeginItemAsync(_job, item with { Segment = new Segment(16, 24) }, isRedelivered: true));
        await _training.EndItemAsync(_job, item);
        Assert.Equal(0, await _training.BeginItemAsync(_job, item, isRedelivered: false));
        Assert.Null(await _training.BeginItemAsync(_job, item with { Generation = new Generation(1, 0) }, isRedelivered: true));
        await _training.EndItemAsync(_job, item);
        Assert.Equal(1, await Database.HashLengthAsync(TrainingKeys.Blame(_job)));
    }

    [Fact]
    public async Task FailBatch_Failures_AreCountedByLaneAndClock()
    {
        await RunningAsync();
        await StartAsync();

        Assert.Equal(1, await _training.FailBatchAsync(_job, First, 3, 100));
        Assert.Equal(2, await _training.FailBatchAsync(_job, First, 3, 100));
        Assert.Equal(1, await _training.FailBatchAsync(_job, First, 3, 101));
        Assert.Equal(1, await _training.FailBatchAsync(_job, First, 4, 100));
        Assert.Null(await _training.FailBatchAsync(_job, Generation.None, 3, 100));

        await Database.HashSetAsync(JobKeys.Record(_job), "state", "failed");
        Assert.Null(await _training.FailBatchAsync(_job, First, 3, 100));
    }

    [Fact]
    public async Task RecordResult_OfTheCommittedStateAlone_StaysTheFirst()
    {
        await RunningAsync();
        await StartAsync();
        var manifest = await CommitAsync(null, 16);

        Assert.Equal(TrainingAnswer.Moved, await _training.RecordResultAsync(_job, Owner, manifest.Id with { Clock = 8 }, Plans.Result(1)));
        Assert.Equal(TrainingAnswer.Fenced, await _training.RecordResultAsync(_job, "9.0000000000000000", manifest.Id, Plans.Result(2)));
        Assert.False((await _training.ReadAsync(_job))!.HasResult);
        Assert.Equal(TrainingAnswer.Done, await _training.RecordResultAsync(_job, Owner, manifest.Id, Plans.Result(3)));
        Assert.Equal(TrainingAnswer.Done, await _training.RecordResultAsync(_job, Owner, manifest.Id, Plans.Result(4)));

        Assert.True((await _training.ReadAsync(_job))!.HasResult);
        Assert.Contains("\"steps\":3", (string)(await Database.HashGetAsync(JobKeys.Record(_job), "result"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warn_BehindWhatThePlanWarnsOf_StaysTheFirst()
    {
        await RunningAsync();
        await _training.PlanAsync(_job, Owner, Plans.Plan with { Warnings = ["of the data"] }, []);

        Assert.Equal(TrainingAnswer.Fenced, await _training.WarnAsync(_job, "9.0000000000000000", "of another"));
        Assert.Equal(["of the data"], (await _training.ReadAsync(_job))!.Warnings);
        Assert.Equal(TrainingAnswer.Done, await _training.WarnAsync(_job, Owner, "of the loss"));
        Assert.Equal(TrainingAnswer.Done, await _training.WarnAsync(_job, Owner, "of it again"));

        Assert.Equal(["of the data", "of the loss"], (await _training.ReadAsync(_job))!.Warnings);
        await Database.HashSetAsync(JobKeys.Record(_job), "state", "succeeded");
        Assert.Equal(TrainingAnswer.Closed, await _training.WarnAsync(_job, Owner, "too late"));
    }

    private Task RunningAsync() => Database.HashSetAsync(JobKeys.Record(_job), [new("owner", Owner), new("state", "running")]);

    private Task<TrainingAnswer> StartAsync()
        => _training.StartGenerationAsync(_job, Owner, new GenerationRequest(Token, Generation.None, First, [0xAB00, 0xAB01]));

    private async Task<CommitManifest> CommitAsync(CommitManifest? previous, long clock)
    {
        var request = await PrepareAsync(previous, clock);
        Assert.Equal(FlipResult.Flipped, await _training.FlipAsync(_job, Owner, request, Plans.Plan));
        return request.Next;
    }

    private async Task<FlipRequest> PrepareAsync(CommitManifest? previous, long clock)
    {
        var next = new CommitManifest
        {
            Generation = First,
            Clock = clock,
            Examples = 32 * clock,
            Snapshots = Plans.Snapshots(_job, First, clock),
            Previous = previous?.Snapshots ?? [],
            Expired = previous?.Previous ?? [],
        };
        foreach (var key in KeysOf(next)) await Database.StringSetAsync(key, "x", TimeSpan.FromMinutes(10));
        return new FlipRequest(Token, previous?.Id, next);
    }

    private static SortedSet<string> Sorted(IEnumerable<string> keys) => new(keys, StringComparer.Ordinal);

    private static string[] KeysOf(CommitManifest manifest) => [.. manifest.Snapshots.SelectMany(Plans.Keys)];
}
