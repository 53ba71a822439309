namespace Cluster.Protocol.Tests.Model;

/// <summary>A process that can be killed, and stopped for a while as by SIGSTOP; what is sent to a stopped one waits.</summary>
internal abstract class SimProcess(SimCluster cluster, ulong id)
{
    public ulong Id { get; } = id;

    public bool IsDead { get; private set; }

    public bool IsPaused { get; set; }

    public bool IsRunning => !IsDead && !IsPaused;

    protected SimCluster Cluster { get; } = cluster;

    protected SimRandom Random => Cluster.Random;

    public virtual void Kill() => IsDead = true;

    /// <summary>The next thing it does by itself.</summary>
    public abstract void Act();
}
