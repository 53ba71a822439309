using Cluster.Protocol.Segments;

namespace Cluster.ParameterStore.Tasks;

/// <summary>
/// The last generation of each job whose shard failed or was dropped here: what it held is gone, and no other state may pass
/// for that generation's, also not where a store that lost its last second takes a job's end back. Not thread safe.
/// </summary>
internal sealed class LeftGenerations
{
    /// <summary>Jobs kept; the one that was left first goes first.</summary>
    public const int Limit = 4096;

    private readonly OrderedDictionary<string, Generation> _byJob = [];

    public void Add(string job, Generation generation)
    {
        _byJob.Remove(job);
        _byJob.Add(job, generation);
        if (_byJob.Count > Limit) _byJob.RemoveAt(0);
    }

    public void Remove(string job) => _byJob.Remove(job);

    public void Clear() => _byJob.Clear();

    /// <summary>The generation that a job had here; none where it was not left.</summary>
    public Generation Of(string job) => _byJob.GetValueOrDefault(job);
}
