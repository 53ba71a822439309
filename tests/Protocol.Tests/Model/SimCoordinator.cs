using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A coordinator process, which looks after every job under one lease.</summary>
internal sealed class SimCoordinator : SimProcess
{
    private readonly SimRunner[] _runners;

    public SimCoordinator(SimCluster cluster, ulong id)
        : base(cluster, id)
    {
        SupervisorOptions[] options = [.. cluster.Jobs.Select(job => SimRunner.Options(job, Random))];
        Token = cluster.Store.AcquireCoordinator(Random.NextUInt64());
        _runners = [.. cluster.Jobs.Select(job => new SimRunner(cluster, this, job, options[job.Index]))];
    }

    public CoordinatorToken Token { get; }

    public SimRunner Runner(SimJob job) => _runners[job.Index];

    public override void Act() => Runner(Cluster.PickJob()).Act();
}
