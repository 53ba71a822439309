namespace Cluster.Coordinator.Training;

/// <summary>A job's part of its devices.</summary>
/// <param name="First">Place of the first one among them.</param>
/// <param name="Count">How many, at least 1.</param>
internal readonly record struct WorkerShare(int First, int Count);

/// <summary>Divides the device slots among the training jobs that run on them, anew at each segment. Thread safe: each runner enters and leaves.</summary>
internal sealed class WorkerShares
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, HashSet<string>> _jobs = new(StringComparer.Ordinal);

    /// <summary>A job runs on these devices now.</summary>
    public void Enter(string job, IEnumerable<string> devices)
    {
        lock (_lock) _jobs[job] = [.. devices];
    }

    public void Leave(string job)
    {
        lock (_lock) _jobs.Remove(job);
    }

    /// <summary>Slots for a job now: an equal share among those that have a device in common with it; those left over go to the first jobs in order.</summary>
    /// <param name="job">The job.</param>
    /// <param name="devices">The devices that it may use.</param>
    public WorkerShare Of(string job, IReadOnlyList<string> devices)
    {
        string[] rivals;
        lock (_lock) rivals = [.. _jobs.Where(other => other.Key != job && other.Value.Overlaps(devices)).Select(other => other.Key)];
        int rank = rivals.Count(other => string.CompareOrdinal(other, job) < 0);
        (int least, int over) = Math.DivRem(devices.Count, rivals.Length + 1);
        if (least == 0) return new WorkerShare(devices.Count == 0 ? 0 : rank % devices.Count, 1);
        return new WorkerShare((rank * least) + Math.Min(rank, over), least + (rank < over ? 1 : 0));
    }
}
