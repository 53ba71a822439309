using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Tests.Model;

internal sealed class ProtocolViolationException(string message) : Exception(message);

/// <summary>What must hold of a job whatever happens; it looks at committed state only.</summary>
internal sealed class Referee(SimJob job)
{
    private readonly TrainingProblem _problem = job.Problem;
    private readonly JobScenario _scenario = job.Scenario;
    private readonly Dictionary<ManifestId, ManifestId?> _parents = [];
    private ManifestId? _durable;
    private ManifestId? _end;
    private long _decided;

    /// <summary>Every committed state is the one that each (lane, clock) below its clock makes by contributing once to each range.</summary>
    public void CheckFlip(StoreState state, StoreState next)
    {
        var (before, after) = (state[job], next[job]);
        var manifest = after.Record.Manifest!;
        Check(before.IsRunning, $"clock {manifest.Clock} was committed after the job was cancelled or done");
        Check(before.Record.End is null, $"clock {manifest.Clock} was committed after the job had ended at {before.Record.End}");
        // The next one to be decided is behind by one interval at most. A crash may take back a decision that was built on.
        var limit = _problem.Evaluations.After(_problem.Evaluations.After(_decided));
        Check(manifest.Clock <= limit, $"clock {manifest.Clock} was committed while nothing after {_decided} was evaluated");
        Check(manifest.Clock > (before.Record.Manifest?.Clock ?? 0), $"clock {manifest.Clock} does not follow the one before");
        Check(manifest.Generation == after.Record.Generation, "the manifest is of another generation");
        _parents[manifest.Id] = before.Record.Manifest?.Id;
        CheckCommitted(next);
        CheckState(manifest, next);
        CheckCheckpoints(manifest);
    }

    /// <summary>
    /// An applied gradient was computed on parameters that have every contribution more than the bound before its clock,
    /// counted in the parameters themselves; and no lane is further ahead of the slowest than its next push may be.
    /// </summary>
    /// <param name="clock">Clock of the gradient.</param>
    /// <param name="computedOn">A ps task's range of the parameters that it was computed on.</param>
    /// <param name="clocks">The lanes' clocks on this ps task after it.</param>
    public void CheckBound(long clock, float[] computedOn, ReadOnlySpan<long> clocks)
    {
        long staleness = _scenario.Staleness!.Value;
        var least = _problem.CountsAt(Math.Max(0, clock - staleness));
        for (var i = 0; i < least.Length; i++)
        {
            Check(computedOn[i] >= least[i],
                $"a gradient of clock {clock} was computed where example {i} had counted {computedOn[i]} times, not yet {least[i]}");
        }

        var (slowest, fastest) = (long.MaxValue, 0L);
        foreach (var lane in clocks)
            (slowest, fastest) = (Math.Min(slowest, lane), Math.Max(fastest, lane));
        Check(fastest - slowest <= staleness + 1, $"lanes are at clocks {slowest} to {fastest}");
    }

    /// <summary>What was reported as committed is in the store, and so is all that the manifest names.</summary>
    public void CheckCommitted(StoreState state)
    {
        var stored = state[job];
        var id = stored.Record.Manifest?.Id;
        Check(_end is null || (stored.Record.End is not null && id == _end), $"the job had ended with {_end}; now there is {id}");
        // A job that ends early goes back to the commit that was evaluated.
        var isInLine = Extends(id, _durable) || (stored.Record.End is not null && Extends(_durable, id));
        Check(isInLine, $"the committed state forks: {id} does not extend {_durable}");
        foreach (var key in stored.Evaluations.Kept)
            Check(state.Snapshots.ContainsKey(key), $"a snapshot that an evaluation or the best commit needs is missing: {key}");
        foreach (var key in stored.Record.Manifest?.Snapshots ?? [])
            Check(state.Snapshots.ContainsKey(key), $"committed snapshot is missing: {key}");
        foreach (var key in stored.Record.Manifest?.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots) ?? [])
            Check(state.Snapshots.ContainsKey(key), $"a snapshot of a checkpoint is missing: {key}");
    }

    /// <summary>A coordinator may now report this commit to the user.</summary>
    public void Report(ManifestId manifest, StoreState state)
    {
        if (state[job].Record.End is not null)
            _end = manifest;
        if (_durable is not { } durable || durable.Clock < manifest.Clock)
            _durable = manifest;
        CheckCommitted(state);
    }

    /// <summary>Each commit that is due was evaluated once, in order, on the state that it is.</summary>
    public void CheckDecision(StoreState before, StoreState after, CommitManifest decided)
    {
        var last = before[job].Decided;
        Check(decided.Clock == _problem.Evaluations.After(last), $"clock {decided.Clock} was decided after clock {last}");
        foreach (var key in decided.Snapshots)
            Check(before.Snapshots.ContainsKey(key), $"an evaluated snapshot is missing: {key}");
        _decided = Math.Max(_decided, decided.Clock);
        CheckState(decided, before);
        CheckCommitted(after);
    }

    /// <summary>The job may be reported as done.</summary>
    public void CheckEnd(StoreState state)
    {
        var stored = state[job];
        Check(stored.Record.Manifest?.Clock == _problem.End, $"ended at clock {stored.Record.Manifest?.Clock}, not {_problem.End}");
        Check(_scenario.EvaluateEvery == 0 || stored.Decided == _problem.End, $"ended at clock {_problem.End}, evaluated up to {stored.Decided}");
    }

    /// <summary>The newest due clocks are kept, each once, whatever was lost and done again.</summary>
    private void CheckCheckpoints(CommitManifest manifest)
    {
        var policy = _scenario.Checkpoints;
        long[] due = [.. Enumerable.Range(1, (int)manifest.Clock).Select(clock => (long)clock).Where(policy.IsDue).TakeLast(policy.Keep)];
        Check(due.SequenceEqual(manifest.Checkpoints.Select(checkpoint => checkpoint.Clock)),
            $"kept at clock {manifest.Clock}: [{string.Join(' ', manifest.Checkpoints.Select(checkpoint => checkpoint.Clock))}], due "
            + $"[{string.Join(' ', due)}]");
    }

    public static void CheckSame(SnapshotKey key, StoredSnapshot old, StoredSnapshot other) =>
        Check(Same(old.Parameters, other.Parameters) && Same(old.Slot, other.Slot), $"two states have one key: {key}");

    private void CheckState(CommitManifest manifest, StoreState state)
    {
        Check(manifest.Examples == _problem.ExamplesAt(manifest.Clock), $"{manifest.Examples} examples at clock {manifest.Clock}");
        for (var task = 0; task < _scenario.Tasks; task++)
        {
            var snapshot = state.Snapshots[manifest.Snapshots[task]];
            var range = _problem.Offsets[task].._problem.Offsets[task + 1];
            if (_scenario.Gradient == Gradient.Counting)
            {
                Check(Same(_problem.CountsAt(manifest.Clock), snapshot.Parameters),
                    $"ps task {task} at clock {manifest.Clock} counted [{string.Join(' ', snapshot.Parameters)}]");
            }

            if (_scenario.IsAsync)
                continue;
            var (parameters, slot) = _problem.Trajectory[(int)manifest.Clock];
            Check(Same(parameters[range], snapshot.Parameters), $"other bits on ps task {task} at clock {manifest.Clock}");
            Check(slot.Length == 0 || Same(slot[range], snapshot.Slot), $"other slots on ps task {task} at clock {manifest.Clock}");
        }
    }

    private bool Extends(ManifestId? id, ManifestId? ancestor)
    {
        while (id is { } other && other != ancestor)
            id = _parents[other];
        return id == ancestor;
    }

    private static bool Same(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(left[i]) != BitConverter.SingleToInt32Bits(right[i]))
                return false;
        }

        return true;
    }

    private static void Check(bool holds, string message)
    {
        if (!holds)
            throw new ProtocolViolationException(message);
    }
}
