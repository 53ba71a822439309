namespace Cluster.Coordinator.Training;

/// <summary>Divides the worker slots among the training jobs that run, anew at each segment. Thread safe: each runner enters and leaves.</summary>
internal sealed class WorkerShares
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _jobs = new(StringComparer.Ordinal);

    public void Enter(string job)
    {
        lock (_lock) _jobs.Add(job);
    }

    public void Leave(string job)
    {
        lock (_lock) _jobs.Remove(job);
    }

    /// <summary>Slots for a job now: an equal share, at least one; those left over go to the first jobs in order.</summary>
    /// <param name="job">A job that has entered.</param>
    /// <param name="slots">Slots of all workers together.</param>
    public int Of(string job, int slots)
    {
        lock (_lock)
        {
            int rank = _jobs.Count(other => string.CompareOrdinal(other, job) < 0);
            int jobs = Math.Max(1, _jobs.Count);
            return Math.Max(1, (slots / jobs) + (rank < slots % jobs ? 1 : 0));
        }
    }
}
