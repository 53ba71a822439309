namespace Cluster.Storage.Registry;

/// <summary>Who asks for a lease.</summary>
/// <param name="JobName">TensorFlow's job name.</param>
/// <param name="Instance">Name of the process's replica: one that comes back takes its own index again at once.</param>
/// <param name="MaxTasks">Indices there are; 1 for the chief.</param>
public sealed record LeaseRequest(string JobName, string Instance, int MaxTasks = RedisRegistry.MaxTasks)
{
    /// <summary>What is leased, for the log; null for the task's name.</summary>
    public string? Title { get; init; }
}

/// <summary>A lease that was granted.</summary>
public sealed record LeaseGrant(string JobName, int Index, string Token, string Instance)
{
    /// <summary>What is leased, for the log: <c>/job:worker/task:1</c>.</summary>
    public string Title { get; init; } = $"/job:{JobName}/task:{Index}";

    /// <summary>It is a task, not something that a task claims beside.</summary>
    public bool IsTask => Title.StartsWith("/job:", StringComparison.Ordinal);
}

/// <summary>What Redis says to a renewal.</summary>
internal enum LeaseRenewal
{
    /// <summary>The index has a new holder.</summary>
    Lost,

    /// <summary>The lease stands.</summary>
    Held,

    /// <summary>The lease stands, and its holder is asked to leave.</summary>
    Draining,
}

/// <summary>What came of asking the holder of a lease to leave.</summary>
public enum DrainOutcome
{
    /// <summary>There is no such lease any more.</summary>
    Gone,

    /// <summary>Its holder hears of it at its next renewal.</summary>
    Asked,

    /// <summary>It was asked before.</summary>
    AskedBefore,
}

/// <summary>An index whose lease ran out; it is handed out when its holder does not renew it within the grace time.</summary>
internal sealed record ExpiredLease(int Index, string Value);

/// <summary>Either a grant, or an expired lease to watch, or neither: every index is held.</summary>
internal sealed record LeaseAnswer(LeaseGrant? Grant, ExpiredLease? Expired);

/// <summary>Times of leases. A task that hangs is missed after the time to live, one that is killed and restarted at once.</summary>
public static class LeaseTimes
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(5);

    /// <summary>How often a lease is renewed; also the age of what the registry shows of a task.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    /// <summary>How long an expired lease must stand before another takes it: after Redis was away, holders renew first.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
}
