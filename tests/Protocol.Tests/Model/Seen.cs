using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests.Model;

/// <summary>What the interleavings went through: a fault that never hit proves nothing. Thread safe.</summary>
internal sealed class Seen
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _counts = [];

    public bool HasAll
    {
        get
        {
            lock (_gate)
                return _counts.Count > 0 && _counts.Values.All(count => count > 0);
        }
    }

    public void Add(SimCluster cluster)
    {
        lock (_gate)
        {
            Add("crashes of the store", (long)cluster.Store.Run - 1);
            Add("workers that went over to another job", cluster.Switches);
            foreach (var job in cluster.Jobs)
                Add(cluster, job);
        }
    }

    public void AssertAll() => Assert.All(_counts, seen => Assert.True(seen.Value > 0, ToString()));

    public override string ToString() => string.Join(", ", _counts.Select(seen => $"{seen.Value} {seen.Key}"));

    private void Add(SimCluster cluster, SimJob job)
    {
        var isBounded = job.Scenario.Staleness is not null;
        var stored = cluster.Store.State[job];
        Add("commits", job.Commits);
        Add("recoveries", Math.Max(0, job.Generations - 1));
        Add("steal hints", job.Steals);
        Add("segments asked to end earlier", job.Cuts);
        Add("segments asked to end later again", job.Raises);
        Add("duplicates", job.Outcomes[(int)PushOutcome.Duplicate]);
        Add("superseded", job.Outcomes[(int)PushOutcome.Superseded]);
        Add("commits at a slow store", cluster.Scenario.CommitDelay > TimeSpan.Zero ? job.Commits : 0);
        Add("commits under a bound of staleness", isBounded ? job.Commits : 0);
        Add("steal hints under a bound of staleness", isBounded ? job.Steals : 0);
        Add("commits of local steps", job.Scenario.LocalSteps > 1 ? job.Commits : 0);
        Add("commits of jobs that have others beside them", cluster.Jobs.Count > 1 ? job.Commits : 0);
        Add("evaluations", job.Evaluations);
        Add("jobs cancelled", stored.IsCancelled ? 1 : 0);
        Add("jobs ended early", stored.Record.End is not null ? 1 : 0);
        Add("jobs done beside one that was cancelled", stored.IsFinished && cluster.Jobs.Any(other => cluster.Store.State[other].IsCancelled) ? 1 : 0);
    }

    private void Add(string what, long count) => _counts[what] = _counts.GetValueOrDefault(what) + count;
}
