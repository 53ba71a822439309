namespace Cluster.Protocol.Tests.Model;

/// <summary>A ps process: a lease on an index, and that index's range of each job that has so many ps tasks.</summary>
internal sealed class SimParameterStore : SimProcess
{
    private readonly SimShard?[] _shards;

    public SimParameterStore(SimCluster cluster, ulong id, int index)
        : base(cluster, id)
    {
        Index = index;
        _shards = [.. cluster.Jobs.Select(job => index < job.Scenario.Tasks ? new SimShard(cluster, this, job) : null)];
    }

    public int Index { get; }

    private Mutation Mutation => Cluster.Scenario.Mutation;

    public override void Act()
    {
        if (Mutation == Mutation.IncarnationReused && Cluster.Network.Faults > 0 && Random.OneIn(30))
            DropAllBut(null);
        var choice = Random.Next(6);
        if (choice == 0)
            RenewLease();
        else
            _shards[Cluster.PickJob().Index]?.Act(choice);
    }

    /// <summary>The range of a job that has this many ps tasks.</summary>
    public SimShard Shard(SimJob job) => _shards[job.Index]!;

    /// <summary>What mutations make of it: models are lost, and nobody is told.</summary>
    public void DropAllBut(SimJob? job)
    {
        for (var i = 0; i < _shards.Length; i++)
        {
            if (i != job?.Index)
                _shards[i]?.Drop();
        }
    }

    public string Describe() => $"ps {Index} ({Id}): {string.Join(", ", _shards.Select(shard => shard?.Describe()))}";

    private void RenewLease()
    {
        if (!Cluster.Store.State.TaskHolders.TryGetValue(Index, out var holder) || Cluster.IsLeaseOver(holder))
            Cluster.Store.HoldTask(Index, Id);
        else if (holder != Id)
            Kill();
    }
}
