using System.Collections.Immutable;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Tests.Model;

internal sealed record StoredSnapshot(float[] Parameters, float[] Slot, long Examples, bool IsPersisted);

/// <summary>What the store holds of a job, but for its snapshots.</summary>
internal sealed record StoredJob
{
    public CommitRecord Record { get; init; } = CommitRecord.New;

    /// <summary>The coordinator that owns the job.</summary>
    public CoordinatorToken Holder { get; init; }

    /// <summary>The user has cancelled the job: nothing changes its record any more.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>A coordinator has finished the job.</summary>
    public bool IsFinished { get; init; }

    public bool IsRunning => !IsCancelled && !IsFinished;

    public OpenEvaluations Evaluations { get; init; } = OpenEvaluations.None;

    /// <summary>The clock of the newest commit whose evaluation is decided.</summary>
    public long Decided { get; init; }
}

internal sealed record StoreState
{
    public required ImmutableArray<StoredJob> Jobs { get; init; }

    /// <summary>The coordinator that has the lease.</summary>
    public CoordinatorToken Chief { get; init; }

    public ImmutableDictionary<int, ulong> TaskHolders { get; init; } = ImmutableDictionary<int, ulong>.Empty;

    public ImmutableDictionary<SnapshotKey, StoredSnapshot> Snapshots { get; init; } =
        ImmutableDictionary<SnapshotKey, StoredSnapshot>.Empty;

    public StoredJob this[SimJob job] => Jobs[job.Index];

    public StoreState With(SimJob job, StoredJob stored) => this with { Jobs = Jobs.SetItem(job.Index, stored) };
}

/// <summary>Redis: each script is atomic, and a crash takes back the last writes that are not on disk, those of all jobs.</summary>
internal sealed class SimRedis(IReadOnlyList<SimJob> jobs, Mutation mutation)
{
    private readonly List<StoreState> _sinceDisk = [new StoreState { Jobs = [.. jobs.Select(_ => new StoredJob())] }];

    public StoreState State => _sinceDisk[^1];

    public ulong Run { get; private set; } = 1;

    /// <summary>The generation that a worker may work for.</summary>
    public Generation CurrentGeneration(SimJob job) => State[job].IsRunning ? State[job].Record.Generation : Generation.None;

    public void Cancel(SimJob job) => End(job, Mutation.CancelReachesOtherJobs, stored => stored with { IsCancelled = true });

    /// <summary>The job is done.</summary>
    public void Finish(SimJob job, CoordinatorToken token)
    {
        if (State[job].Holder != token || !State[job].IsRunning)
            return;
        job.Referee.CheckEnd(State);
        End(job, Mutation.FinishReachesOtherJobs, stored => stored with { IsFinished = true });
    }

    /// <summary>Every job is as it was committed, and those that are done are at their end.</summary>
    public void CheckEnd()
    {
        CheckAll();
        foreach (var job in jobs.Where(job => State[job].IsFinished))
            job.Referee.CheckEnd(State);
    }

    public void Sync() => _sinceDisk.RemoveRange(0, _sinceDisk.Count - 1);

    public void Crash(SimRandom random)
    {
        var kept = random.Next(_sinceDisk.Count) + 1;
        _sinceDisk.RemoveRange(kept, _sinceDisk.Count - kept);
        Sync();
        Run++;
        CheckAll();
    }

    /// <summary>Gives the lease to a new chief, and the first job; it adopts the others one by one.</summary>
    public CoordinatorToken AcquireCoordinator(ulong random)
    {
        var token = new CoordinatorToken(State.Chief.Counter + 1, random);
        Write((State with { Chief = token }).With(jobs[0], State[jobs[0]] with { Holder = token }));
        return token;
    }

    /// <summary>A chief takes a job over, also one that has lost its lease and does not know it.</summary>
    public void Adopt(SimJob job, CoordinatorToken token)
    {
        if (State[job].IsRunning && State[job].Holder != token)
            Write(job, State[job] with { Holder = token });
    }

    public void HoldTask(int task, ulong incarnation) =>
        Write(State with { TaskHolders = State.TaskHolders.SetItem(task, incarnation) });

    public void StartGeneration(SimJob job, GenerationRequest request)
    {
        var stored = State[job];
        if (!stored.IsRunning || !GenerationRule.MayStart(stored.Record, stored.Holder, request))
            return;
        job.Generations++;
        Write(job, stored with { Record = stored.Record with { Generation = request.Next, Incarnations = request.Incarnations } });
    }

    public void PutSnapshot(SnapshotKey key, StoredSnapshot snapshot)
    {
        if (State.Snapshots.TryGetValue(key, out var old))
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
        if (mutation == Mutation.DeletesInOtherJobs)
            keys = WithOtherJobs(keys);
        Write(State with { Snapshots = State.Snapshots.RemoveRange(keys) });
        CheckAll();
    }

    public FlipResult Flip(SimJob job, FlipRequest request)
    {
        var before = State;
        var stored = before[job];
        if (stored.IsFinished || (stored.IsCancelled && mutation != Mutation.FlipAfterCancel))
            return FlipResult.NotCoordinator;
        var record = mutation == Mutation.FlipAfterEnd ? stored.Record with { End = null } : stored.Record;
        var result = FlipRule.Decide(record, stored.Holder, request, before.Snapshots.ContainsKey);
        if (IsSkipped(result))
            result = FlipResult.Flipped;
        if (result != FlipResult.Flipped)
            return result;
        job.Commits++;
        var snapshots = before.Snapshots;
        foreach (var key in request.Next.Snapshots.Where(snapshots.ContainsKey))
            snapshots = snapshots.SetItem(key, snapshots[key] with { IsPersisted = true });
        Write((before with { Snapshots = snapshots }).With(job, stored with
        {
            Record = stored.Record with { Manifest = request.Next },
            Evaluations = job.Problem.Evaluations.IsAt(request.Next.Clock)
                ? stored.Evaluations with { Commits = [.. stored.Evaluations.Commits, request.Next] }
                : stored.Evaluations,
        }));
        job.Referee.CheckFlip(before, State);
        return result;
    }

    /// <summary>Decides the evaluation of a commit, once, and ends the job with it where it is to end.</summary>
    /// <returns>What it lets go: gone already, but for the mutation that has it deleted later.</returns>
    public IReadOnlyList<SnapshotKey> Decide(SimJob job, CoordinatorToken token, CommitManifest commit, bool isBest, bool ends)
    {
        var before = State;
        var stored = before[job];
        var isOpen = stored.Evaluations.Commits.Any(open => open.Id == commit.Id) || mutation == Mutation.DecidedTwice;
        if (!stored.IsRunning || stored.Holder != token || !isOpen)
            return [];
        var best = isBest || stored.Evaluations.Best is not { } other ? commit : other;
        var retention = new CommitRetention(stored.Record.Manifest, stored.Evaluations, commit, best);
        var isEnd = ends && stored.Record.End is null;
        var released = mutation switch
        {
            Mutation.BestReleased => commit.Snapshots,
            Mutation.ReleasesInOtherJobs => WithOtherJobs(retention.Released(isEnd)),
            _ => retention.Released(isEnd),
        };
        Write((before with
        {
            Snapshots = mutation == Mutation.ReleasedLater ? before.Snapshots : before.Snapshots.RemoveRange(released),
        }).With(job, stored with
        {
            Record = isEnd ? stored.Record with { Manifest = retention.AsLast(), End = commit.Clock } : stored.Record,
            Evaluations = new OpenEvaluations(isEnd ? [] : [.. retention.Later], best),
            Decided = commit.Clock,
        }));
        job.Evaluations++;
        job.Referee.CheckDecision(before, State, commit);
        CheckAll();
        return released;
    }

    /// <summary>What happens to one job leaves what was committed of the others.</summary>
    private void CheckAll()
    {
        foreach (var job in jobs)
            job.Referee.CheckCommitted(State);
    }

    private void End(SimJob job, Mutation reachesOthers, Func<StoredJob, StoredJob> end)
    {
        var next = State;
        foreach (var ended in mutation == reachesOthers ? jobs : [job])
            next = next.With(ended, end(next[ended]));
        Write(next);
    }

    private SnapshotKey[] WithOtherJobs(IEnumerable<SnapshotKey> keys) =>
        [.. keys, .. State.Snapshots.Keys.Where(other => keys.Any(key => key.Job != other.Job && (key.Task, key.Clock) == (other.Task, other.Clock)))];

    private bool IsSkipped(FlipResult result) => (result, mutation) switch
    {
        (FlipResult.GenerationChanged, Mutation.FlipAcrossGenerations) => true,
        (FlipResult.ManifestChanged, Mutation.FlipOverOtherManifest) => true,
        (FlipResult.SnapshotMissing, Mutation.FlipWithoutSnapshots) => true,
        _ => false,
    };

    private void Write(SimJob job, StoredJob stored) => Write(State.With(job, stored));

    private void Write(StoreState state) => _sinceDisk.Add(state);
}
