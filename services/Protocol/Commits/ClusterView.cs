using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>A ps task index as the coordinator sees it.</summary>
/// <param name="Holder">The process that holds the index's lease; null for none.</param>
/// <param name="Report">What that process says; null when it cannot be reached.</param>
public readonly record struct ShardView(ulong? Holder, ShardReport? Report);

/// <summary>All that the coordinator decides from, read anew for each decision.</summary>
public sealed record ClusterView
{
    public required CommitRecord Record { get; init; }

    /// <summary>Who holds the coordinator's lease.</summary>
    public required CoordinatorToken Holder { get; init; }

    /// <summary>Changes when the store restarts.</summary>
    public required ulong RedisRun { get; init; }

    /// <summary>By index of the ps task.</summary>
    public required IReadOnlyList<ShardView> Tasks { get; init; }

    /// <summary>No segment begins at this clock or later, for now: what is decided before it is still open.</summary>
    public long ClockLimit { get; init; } = long.MaxValue;

    /// <summary>Worker slots alive that this job may use now; 0 counts as 1, for the worker to come.</summary>
    public required int WorkerSlots { get; init; }

    /// <summary>Other jobs that want device slots which this one may use: one more of them does not wait for the end of a long segment.</summary>
    public int Rivals { get; init; }

    /// <summary>Some of these take turns with it item by item: its segments are short, whatever commits take.</summary>
    public bool IsShared { get; init; }

    /// <summary>The job is to end with the next commit, which is to come soon.</summary>
    public bool IsEnding { get; init; }

    /// <summary>The time, in ms since 1970, that a commit is to carry.</summary>
    public long Time { get; init; }
}
