namespace Cluster.Coordinator.Placements;

/// <summary>A job's part of its devices.</summary>
/// <param name="First">Place of the first one among them.</param>
/// <param name="Count">How many, at least 1.</param>
internal readonly record struct WorkerShare(int First, int Count)
{
    /// <summary>Other jobs that want some of its devices.</summary>
    public int Rivals { get; init; }

    /// <summary>Whether some of these have items that take turns: long segments would leave them nothing.</summary>
    public bool IsShared { get; init; }
}

/// <summary>Divides the device slots among the training jobs that run on them, anew at each segment. Thread safe: each runner enters and leaves.</summary>
internal sealed class WorkerShares
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, HashSet<string>> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _waiting = new(StringComparer.Ordinal);

    /// <summary>A job runs on these devices now.</summary>
    public void Enter(string job, IEnumerable<string> devices)
    {
        lock (_lock) _jobs[job] = [.. devices];
    }

    public void Leave(string job)
    {
        lock (_lock) _jobs.Remove(job);
    }

    /// <summary>A job has items for these devices that take turns with those of others: those of computations and of evaluations,
    /// for which nobody has a share.</summary>
    public void TakeTurns(string job, IEnumerable<string> devices)
    {
        lock (_lock) _waiting[job] = [.. devices];
    }

    /// <summary>A job has no such items any more.</summary>
    public void EndTurns(string job)
    {
        lock (_lock) _waiting.Remove(job);
    }

    /// <summary>Slots for a job now: an equal share among those that have a device in common with it; those left over go to the first jobs in order.</summary>
    /// <param name="job">The job.</param>
    /// <param name="devices">The devices that it may use.</param>
    public WorkerShare Of(string job, IReadOnlyList<string> devices)
    {
        string[] rivals;
        string[] waiting;
        lock (_lock)
        {
            rivals = [.. _jobs.Where(other => other.Key != job && other.Value.Overlaps(devices)).Select(other => other.Key)];
            waiting = [.. _waiting.Where(other => other.Key != job && other.Value.Overlaps(devices)).Select(other => other.Key)];
        }

        var rank = rivals.Count(other => string.CompareOrdinal(other, job) < 0);
        var (least, over) = Math.DivRem(devices.Count, rivals.Length + 1);
        var share = least == 0
            ? new WorkerShare(devices.Count == 0 ? 0 : rank % devices.Count, 1)
            : new WorkerShare((rank * least) + Math.Min(rank, over), least + (rank < over ? 1 : 0));
        return share with { Rivals = rivals.Union(waiting).Count(), IsShared = waiting.Length > 0 };
    }
}
