using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Segments;
using Cluster.Storage.Training;
using CsCheck;

namespace Cluster.Storage.Tests.Training;

/// <summary>Checkpoints and the best commit together: of what a record names nothing is deleted, and nothing else is left at the end.</summary>
public sealed class CommitRetentionTests
{
    private static readonly Generation Only = new(1, 5);

    [Fact]
    public void Decide_AnyCommitsCheckpointsAndEvaluations_KeepsWhatIsNamedAndNothingElse()
    {
        Gen<(int Segment, bool Decides, int Value, bool Ends)[]> turns =
            Gen.Select(Gen.Int[1, 5], Gen.Bool, Gen.Int[0, 9], Gen.Int[0, 19].Select(n => n == 0)).Array[1, 40];
        Gen.Select(turns, Gen.Int[0, 6], Gen.Int[0, 3], Gen.Int[1, 8])
            .Sample((all, every, keep, evaluateEvery) => Run(all, new CheckpointPolicy(every, keep), evaluateEvery));
    }

    private static void Run((int Segment, bool Decides, int Value, bool Ends)[] turns, CheckpointPolicy policy, int evaluateEvery)
    {
        var store = new HashSet<SnapshotKey>();
        var record = Record();
        foreach (var (segment, decides, value, ends) in turns)
        {
            if (record.Protocol.End is null) record = Commit(record, store, policy, segment, evaluateEvery);
            RequireNamed(record, store);
            if (decides && record.ToEvaluate.Count > 0) record = Decide(record, store, value, ends);
            RequireNamed(record, store);
        }

        while (record.ToEvaluate.Count > 0) record = Decide(record, store, value: 0, ends: false);
        Close(record, store);
        HashSet<SnapshotKey> named = [.. Named(record)];
        Assert.True(named.SetEquals(store), $"left over: {string.Join(", ", store.Except(named).Select(key => key.Clock))}; gone: "
            + $"{string.Join(", ", named.Except(store).Select(key => key.Clock))}");
        if (record.Protocol.End is { } end) Assert.All(record.Protocol.Manifest!.Checkpoints, checkpoint => Assert.InRange(checkpoint.Clock, 1, end));
    }

    private static TrainingRecord Commit(TrainingRecord record, HashSet<SnapshotKey> store, CheckpointPolicy policy, int segment, int evaluateEvery)
    {
        var clock = (record.Protocol.Manifest?.Clock ?? 0) + segment;
        var next = policy.Follow(record.Protocol.Manifest, new CommitManifest
        {
            Generation = Only,
            Clock = clock,
            Examples = clock,
            Snapshots = Plans.Snapshots("job", Only, clock),
            Previous = [],
            Expired = [],
        });
        store.UnionWith(next.Snapshots);
        record = record with
        {
            Protocol = record.Protocol with { Manifest = next },
            ToEvaluate = clock % evaluateEvery == 0 ? [.. record.ToEvaluate, next] : record.ToEvaluate,
        };
        // As the supervisor has it done, once the commit is durable.
        store.ExceptWith(next.Expired.Except(record.Evaluations.Kept));
        return record;
    }

    private static TrainingRecord Decide(TrainingRecord record, HashSet<SnapshotKey> store, int value, bool ends)
    {
        var decided = record.ToEvaluate[0];
        var commit = new EvaluatedCommit(new EvaluationFigures
        {
            Clock = decided.Clock,
            Set = EvaluationSet.Training,
            Examples = 1,
            Fingerprint = "",
            Values = new Dictionary<string, double> { [TrainingNames.Loss] = value },
        }, decided);
        var state = EarlyStopping.Decide(Plans.Plan.Spec, Metric.Loss, record.Evaluated, commit).State;
        CommitRetention retention = new(record.Protocol.Manifest, record.Evaluations, decided, state.Best.Manifest);
        var isEnd = ends && record.Protocol.End is null;
        var released = retention.Released(isEnd);
        var last = isEnd ? retention.AsLast() : record.Protocol.Manifest;
        var next = record with
        {
            Evaluated = state,
            ToEvaluate = isEnd ? [] : [.. retention.Later],
            Protocol = record.Protocol with { Manifest = last, End = isEnd ? last!.Clock : record.Protocol.End },
        };
        store.ExceptWith(released);
        return next;
    }

    // As RedisTraining.CloseAsync does.
    private static void Close(TrainingRecord record, HashSet<SnapshotKey> store)
    {
        var manifest = record.Protocol.Manifest!;
        IEnumerable<SnapshotKey> gone = [.. manifest.Previous, .. manifest.Expired];
        store.ExceptWith(gone.Except(Named(record)));
    }

    private static void RequireNamed(TrainingRecord record, HashSet<SnapshotKey> store) =>
        Assert.Empty(Named(record).Concat(record.ToEvaluate.SelectMany(commit => commit.Snapshots)).Except(store));

    private static IEnumerable<SnapshotKey> Named(TrainingRecord record) =>
    [
        .. record.Protocol.Manifest?.Snapshots ?? [],
        .. record.Protocol.Manifest?.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots) ?? [],
        .. record.Evaluated?.Best.Manifest.Snapshots ?? [],
    ];

    private static TrainingRecord Record() => new()
    {
        Owner = "",
        IsRunning = true,
        HasResult = false,
        Plan = null,
        Counters = new TrainingCounters(new Dictionary<string, long>()),
        Protocol = new CommitRecord(Only, [], null),
    };
}
