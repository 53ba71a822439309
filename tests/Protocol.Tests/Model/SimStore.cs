using System.Collections.Immutable;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;

namespace Cluster.Protocol.Tests.Model;

internal sealed record StoredSnapshot(float[] Parameters, float[] Slot, long Examples, bool IsPersisted);

internal sealed record StoreState
{
    public JobRecord Record { get; init; } = JobRecord.New;

    public CoordinatorToken Holder { get; init; }

    /// <summary>The user has cancelled the job: nothing changes its record any more.</summary>
    public bool IsCancelled { get; init; }

    public OpenEvaluations Evaluations { get; init; } = OpenEvaluations.None;

    /// <summary>The clock of the newest commit whose evaluation is decided.</summary>
    public long Decided { get; init; }

    public ImmutableDictionary<int, ulong> TaskHolders { get; init; } = ImmutableDictionary<int, ulong>.Empty;

    public ImmutableDictionary<SnapshotKey, StoredSnapshot> Snapshots { get; init; } =
        ImmutableDictionary<SnapshotKey, StoredSnapshot>.Empty;
}

/// <summary>Redis: each script is atomic, and a crash takes back the last writes that are not on disk.</summary>
internal sealed class SimStore(Referee referee, EvaluationSchedule evaluations, Mutation mutation)
{
    private readonly List<StoreState> _sinceDisk = [new StoreState()];

    public StoreState State => _sinceDisk[^1];

    public ulong Run { get; private set; } = 1;

    public int Generations { get; private set; }

    public int Commits { get; private set; }

    public int Evaluations { get; private set; }

    /// <summary>The generation that a worker may work for.</summary>
    public Generation CurrentGeneration => State.IsCancelled ? Generation.None : State.Record.Generation;

    public void Cancel() => Write(State with { IsCancelled = true });

    public void Sync() => _sinceDisk.RemoveRange(0, _sinceDisk.Count - 1);

    public void Crash(SimRandom random)
    {
        int kept = random.Next(_sinceDisk.Count) + 1;
        _sinceDisk.RemoveRange(kept, _sinceDisk.Count - kept);
        Sync();
        Run++;
        referee.CheckCommitted(State);
    }

    public CoordinatorToken AcquireCoordinator(ulong random)
    {
        var token = new CoordinatorToken(State.Holder.Counter + 1, random);
        Write(State with { Holder = token });
        return token;
    }

    public void HoldTask(int task, ulong incarnation) =>
        Write(State with { TaskHolders = State.TaskHolders.SetItem(task, incarnation) });

    public void StartGeneration(GenerationRequest request)
    {
        if (State.IsCancelled || !GenerationRule.MayStart(State.Record, State.Holder, request))
            return;
        Generations++;
        Write(State with { Record = State.Record with { Generation = request.Next, Incarnations = request.Incarnations } });
    }

    public void PutSnapshot(SnapshotKey key, StoredSnapshot snapshot)
    {
        if (State.Snapshots.TryGetValue(key, out StoredSnapshot? old))
            Referee.CheckSame(key, old, snapshot);
        else
            Write(State with { Snapshots = State.Snapshots.Add(key, snapshot) });
    }

    public void ExpireSnapshot(SimRandom random)
    {
        SnapshotKey[] keys = [.. State.Snapshots.Where(pair => !pair.Value.IsPersisted).Select(pair => pair.Key)];
        if (keys.Length > 0)
            Write(State with { Snapshots = State.Snapshots.Remove(random.Pick(keys)) });
    }

    public void Delete(IEnumerable<SnapshotKey> keys)
    {
        Write(State with { Snapshots = State.Snapshots.RemoveRange(keys) });
        referee.CheckCommitted(State);
    }

    public FlipResult Flip(FlipRequest request)
    {
        if (State.IsCancelled && mutation != Mutation.FlipAfterCancel)
            return FlipResult.NotCoordinator;
        JobRecord record = mutation == Mutation.FlipAfterEnd ? State.Record with { End = null } : State.Record;
        FlipResult result = FlipRule.Decide(record, State.Holder, request, State.Snapshots.ContainsKey);
        if (IsSkipped(result))
            result = FlipResult.Flipped;
        if (result != FlipResult.Flipped)
            return result;
        Commits++;
        StoreState before = State;
        var snapshots = before.Snapshots;
        foreach (SnapshotKey key in request.Next.Snapshots.Where(snapshots.ContainsKey))
            snapshots = snapshots.SetItem(key, snapshots[key] with { IsPersisted = true });
        Write(before with
        {
            Record = before.Record with { Manifest = request.Next },
            Snapshots = snapshots,
            Evaluations = evaluations.IsAt(request.Next.Clock)
                ? before.Evaluations with { Commits = [.. before.Evaluations.Commits, request.Next] }
                : before.Evaluations,
        });
        referee.CheckFlip(before, State);
        return result;
    }

    /// <summary>Decides the evaluation of a commit, once, and ends the job with it where it is to end.</summary>
    /// <returns>What it lets go: gone already, but for the mutation that has it deleted later.</returns>
    public IReadOnlyList<SnapshotKey> Decide(CoordinatorToken token, CommitManifest commit, bool isBest, bool ends)
    {
        StoreState before = State;
        bool isOpen = before.Evaluations.Commits.Any(open => open.Id == commit.Id) || mutation == Mutation.DecidedTwice;
        if (before.IsCancelled || before.Holder != token || !isOpen)
            return [];
        CommitManifest best = isBest || before.Evaluations.Best is not { } other ? commit : other;
        var retention = new CommitRetention(before.Record.Manifest, before.Evaluations, commit, best);
        bool isEnd = ends && before.Record.End is null;
        IReadOnlyList<SnapshotKey> released = mutation == Mutation.BestReleased ? commit.Snapshots : retention.Released(isEnd);
        Write(before with
        {
            Snapshots = mutation == Mutation.ReleasedLater ? before.Snapshots : before.Snapshots.RemoveRange(released),
            Record = isEnd ? before.Record with { Manifest = retention.AsLast(), End = commit.Clock } : before.Record,
            Evaluations = new OpenEvaluations(isEnd ? [] : [.. retention.Later], best),
            Decided = commit.Clock,
        });
        Evaluations++;
        referee.CheckDecision(before, State, commit);
        return released;
    }

    private bool IsSkipped(FlipResult result) => (result, mutation) switch
    {
        (FlipResult.GenerationChanged, Mutation.FlipAcrossGenerations) => true,
        (FlipResult.ManifestChanged, Mutation.FlipOverOtherManifest) => true,
        (FlipResult.SnapshotMissing, Mutation.FlipWithoutSnapshots) => true,
        _ => false,
    };

    private void Write(StoreState state) => _sinceDisk.Add(state);
}
