namespace Cluster.Protocol.Tests.Model;

/// <summary>A ps process: a lease on an index, and that index's range of each job that has so many ps tasks.</summary>
internal sealed class SimParameterStore : SimProcess
{
    private readonly SimModel?[] _models;

    public SimParameterStore(SimCluster cluster, ulong id, int index)
        : base(cluster, id)
    {
        Index = index;
        _models = [.. cluster.Jobs.Select(job => index < job.Scenario.Tasks ? new SimModel(cluster, this, job) : null)];
    }

    public int Index { get; }

    private Mutation Mutation => Cluster.Scenario.Mutation;

    public override void Act()
    {
        if (Mutation == Mutation.IncarnationReused && Cluster.Network.Faults > 0 && Random.OneIn(30))
            DropAllBut(null);
        int choice = Random.Next(6);
        if (choice == 0)
            RenewLease();
        else
            _models[Cluster.PickJob().Index]?.Act(choice);
    }

    /// <summary>The range of a job that has this many ps tasks.</summary>
    public SimModel Model(SimJob job) => _models[job.Index]!;

    /// <summary>What mutations make of it: models are lost, and nobody is told.</summary>
    public void DropAllBut(SimJob? job)
    {
        for (int i = 0; i < _models.Length; i++)
        {
            if (i != job?.Index)
                _models[i]?.Drop();
        }
    }

    public string Describe() => $"ps {Index} ({Id}): {string.Join(", ", _models.Select(model => model?.Describe()))}";

    private void RenewLease()
    {
        if (!Cluster.Store.State.TaskHolders.TryGetValue(Index, out ulong holder) || Cluster.IsLeaseOver(holder))
            Cluster.Store.HoldTask(Index, Id);
        else if (holder != Id)
            Kill();
    }
}
