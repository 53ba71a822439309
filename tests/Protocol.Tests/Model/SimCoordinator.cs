using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A coordinator process: one lease, and a runner for each job that it has adopted.</summary>
internal sealed class SimCoordinator : SimProcess
{
    private readonly SimRunner?[] _runners;

    public SimCoordinator(SimCluster cluster, ulong id)
        : base(cluster, id)
    {
        _runners = new SimRunner?[cluster.Jobs.Count];
        var first = cluster.Jobs[0];
        // Drawn before the token: the order in which the scenarios of the corpus were caught.
        var options = SimRunner.Options(first, Random);
        Token = cluster.Store.AcquireCoordinator(Random.NextUInt64());
        _runners[first.Index] = new SimRunner(cluster, this, first, options);
    }

    public CoordinatorToken Token { get; }

    public SimRunner? Runner(SimJob job) => _runners[job.Index];

    public override void Act()
    {
        var job = Cluster.PickJob();
        if (Runner(job) is { } runner)
            runner.Act();
        else
            Adopt(job);
    }

    /// <summary>Another one owns the job: a chief takes it back, one that is no longer chief ends.</summary>
    public void StepDown(SimJob job)
    {
        _runners[job.Index] = null;
        if (Cluster.Store.State.Chief != Token)
            Kill();
    }

    private void Adopt(SimJob job)
    {
        Cluster.Store.Adopt(job, Token);
        _runners[job.Index] = new SimRunner(Cluster, this, job, SimRunner.Options(job, Random));
    }
}
