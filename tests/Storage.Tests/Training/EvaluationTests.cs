using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Training;

public sealed class EvaluationOnGarnetTests(RedisServers servers) : EvaluationTests(servers, RedisKind.Garnet);

public sealed class EvaluationOnRedisServerTests(RedisServers servers) : EvaluationTests(servers, RedisKind.RedisServer);

/// <summary>Evaluations in Redis: which commits wait for one, what is recorded, and that each is decided once.</summary>
public abstract class EvaluationTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    private static readonly CoordinatorToken Token = new(4, 0xC0FFEE);
    private static readonly string Owner = StoreModel.Text(Token);
    private static readonly Generation First = new(1, 5);

    /// <summary>1000 rows in steps of 4: an epoch has 250, the job 500, evaluated at 32, 64, …, and 500.</summary>
    private static readonly TrainingPlan Plan = Plans.Plan with { Spec = Plans.Plan.Spec with { EvaluateSteps = 32, Epochs = 2 } };

    private readonly string _job = NewId();
    private RedisTraining _training = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _training = new RedisTraining(Redis);
        await Database.HashSetAsync(JobKeys.Record(_job), [new("owner", Owner), new("state", "running")]);
        await _training.StartGenerationAsync(_job, Owner, new GenerationRequest(Token, Generation.None, First, [0xAB00, 0xAB01]));
    }

    [Fact]
    public async Task Flip_AtTheClocksOfEvaluationsAlone_NamesTheCommit()
    {
        CommitManifest? last = null;
        foreach (var clock in (long[])[16, 32, 48, 64, 499, 500]) last = await CommitAsync(last, clock);

        var record = await ReadAsync();

        Assert.Equal([32, 64, 500], record.ToEvaluate.Select(commit => commit.Clock));
        Assert.Equal([32, 64, 500], record.Evaluations.Kept.Select(key => key.Clock).Distinct());
        Assert.Equal(64, record.Find(new ManifestId(First, 64))?.Clock);
        Assert.Null(record.Find(new ManifestId(First, 48)));
    }

    [Fact]
    public async Task RecordRange_Twice_KeepsTheFirst()
    {
        EvaluateModel[] items = [Item(0, 512), Item(512, 1000)];

        Assert.True(await _training.RecordRangeAsync(items[1], Range(0.1)));
        Assert.True(await _training.RecordRangeAsync(items[1], Range(0.3)));
        var ranges = await _training.RangesAsync(_job, items);

        Assert.Null(ranges[0]);
        Assert.Equal(0.1, ranges[1]!.Sums.Sums["loss"]);
        await Database.HashSetAsync(JobKeys.Record(_job), "state", "cancelled");
        Assert.False(await _training.RecordRangeAsync(items[0], Range(0.3)));
        Assert.Null(await _training.BeginEvaluationAsync(items[0], isRedelivered: true));
    }

    [Fact]
    public async Task BeginEvaluation_WorkersThatLeft_AreCountedByRange()
    {
        Assert.Equal(0, await _training.BeginEvaluationAsync(Item(0, 512), isRedelivered: false));
        Assert.Equal(1, await _training.BeginEvaluationAsync(Item(0, 512), isRedelivered: true));
        Assert.Equal(2, await _training.BeginEvaluationAsync(Item(0, 512), isRedelivered: true));
        Assert.Equal(0, await _training.BeginEvaluationAsync(Item(512, 1000), isRedelivered: false));
    }

    [Fact]
    public async Task Decide_GoesOn_TakesTheEvaluationOffOnce()
    {
        var commit = await CommitAsync(null, 32);
        await _training.RecordRangeAsync(Item(0, 512), Range(0.1));
        var state = State(commit);

        Assert.Equal(TrainingAnswer.Fenced, await _training.DecideAsync(_job, "9.0", new EvaluationDecision(commit, state, []), Plan));
        Assert.Equal(TrainingAnswer.Done, await _training.DecideAsync(_job, Owner, new EvaluationDecision(commit, state, []), Plan));
        Assert.Equal(TrainingAnswer.Moved, await _training.DecideAsync(_job, Owner,
            new EvaluationDecision(commit, state with { Waited = 9 }, commit.Snapshots), Plan));

        var record = await ReadAsync();
        Assert.Empty(record.ToEvaluate);
        Assert.Equivalent(state, record.Evaluated, strict: true);
        Assert.Null(record.Protocol.End);
        Assert.False(await Database.KeyExistsAsync(TrainingKeys.Evaluations(_job)));
        foreach (var key in KeysOf(commit)) Assert.True(await Database.KeyExistsAsync(key));
    }

    [Fact]
    public async Task Decide_SnapshotsThatNothingNeeds_GoWithTheDecision()
    {
        var first = await CommitAsync(null, 32);
        var second = await CommitAsync(first, 64);

        await _training.DecideAsync(_job, Owner, new EvaluationDecision(first, State(second), first.Snapshots), Plan);

        foreach (var key in KeysOf(first)) Assert.False(await Database.KeyExistsAsync(key));
        foreach (var key in KeysOf(second)) Assert.True(await Database.KeyExistsAsync(key));
    }

    [Fact]
    public async Task Decide_Ends_GoesBackToThatCommitAndTakesNoOther()
    {
        var first = await CommitAsync(null, 32);
        var second = await CommitAsync(first, 64);
        var before = await ReadAsync();
        CommitRetention retention = new(before.Protocol.Manifest, before.Evaluations, first, first);
        await Database.HashSetAsync(JobKeys.Record(_job), "total", Plan.Schedule().TotalClocks);

        var decision = new EvaluationDecision(first, State(first), []) { End = retention.AsLast(), Reason = "enough", Later = retention.Later };
        Assert.Equal(TrainingAnswer.Done, await _training.DecideAsync(_job, Owner, decision, Plan));

        var record = await ReadAsync();
        Assert.Equal((32L, first.Id, "enough"), (record.Protocol.End, record.Protocol.Manifest!.Id, record.EndReason));
        Assert.Empty(record.ToEvaluate);
        Assert.Equal(second.Snapshots, record.Protocol.Manifest.Expired);
        Assert.Equal(FlipResult.ManifestChanged, (await FlipAsync(first, 96)).Result);
        Assert.Equal((32, Plan.Schedule().TotalClocks),
            ((long)await Database.HashGetAsync(JobKeys.Record(_job), "done"), (long)await Database.HashGetAsync(JobKeys.Record(_job), "total")));
    }

    [Fact]
    public async Task Close_BestAndLast_StayAndExpire()
    {
        var best = await CommitAsync(null, 32);
        var middle = await CommitAsync(best, 48);
        var last = await CommitAsync(middle, 50);
        await _training.PlanAsync(_job, Owner, Plan, []);
        await _training.DecideAsync(_job, Owner, new EvaluationDecision(best, State(best), []), Plan);

        await _training.CloseAsync(_job, TimeSpan.FromMinutes(1));

        foreach (var key in KeysOf(best).Concat(KeysOf(last)))
            Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        foreach (var key in KeysOf(middle)) Assert.False(await Database.KeyExistsAsync(key));
    }

    [Fact]
    public async Task End_CommitThatIsThere_IsTheLastAndIsEvaluated()
    {
        var commit = await CommitAsync(null, 16);

        Assert.Equal(TrainingAnswer.Moved, await _training.EndAsync(_job, Owner, commit.Id with { Clock = 8 }, "time", isEvaluated: true));
        Assert.Equal(TrainingAnswer.Done, await _training.EndAsync(_job, Owner, commit.Id, "time", isEvaluated: true));
        Assert.Equal(TrainingAnswer.Moved, await _training.EndAsync(_job, Owner, commit.Id, "again", isEvaluated: true));

        var record = await ReadAsync();
        Assert.Equal((16L, "time"), (record.Protocol.End, record.EndReason));
        Assert.Equal(commit.Id, Assert.Single(record.ToEvaluate).Id);
    }

    private async Task<TrainingRecord> ReadAsync() => (await _training.ReadAsync(_job))!;

    private EvaluateModel Item(long from, long to) => new() { JobId = _job, Generation = First, Clock = 32, From = from, To = to };

    private static EvaluatedRange Range(double loss) => new()
    {
        Sums = new EvaluationSums { Examples = 7, Sums = new Dictionary<string, double> { ["loss"] = loss } },
        Fingerprint = "f",
    };

    private static EvaluationState State(CommitManifest commit)
    {
        var figures = new EvaluationFigures
        {
            Clock = commit.Clock,
            Set = EvaluationSet.Training,
            Examples = 7,
            Values = new Dictionary<string, double> { ["loss"] = 0.1 + 0.2 },
            Fingerprint = "f"
        };
        return new EvaluationState { Last = figures, Best = new EvaluatedCommit(figures, commit), Reference = 0.1 + 0.2, Waited = 0 };
    }

    private async Task<CommitManifest> CommitAsync(CommitManifest? previous, long clock)
    {
        var (next, result) = await FlipAsync(previous, clock);
        Assert.Equal(FlipResult.Flipped, result);
        return next;
    }

    private async Task<(CommitManifest Next, FlipResult Result)> FlipAsync(CommitManifest? previous, long clock)
    {
        var next = new CommitManifest
        {
            Generation = First,
            Clock = clock,
            Examples = 4 * clock,
            Snapshots = Plans.Snapshots(_job, First, clock),
            Previous = previous?.Snapshots ?? [],
            Expired = previous?.Previous ?? [],
        };
        foreach (var key in KeysOf(next)) await Database.StringSetAsync(key, "x", TimeSpan.FromMinutes(10));
        return (next, await _training.FlipAsync(_job, Owner, new FlipRequest(Token, previous?.Id, next), Plan));
    }

    private static string[] KeysOf(CommitManifest manifest) => [.. manifest.Snapshots.SelectMany(Plans.Keys)];
}
