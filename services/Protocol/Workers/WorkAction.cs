using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Workers;

public enum WorkActionKind
{
    /// <summary>Nothing to do until something arrives.</summary>
    Wait,

    /// <summary>Ask a ps task for a version.</summary>
    Request,

    /// <summary>Compute the gradient of a block, call Computed, and push it to all ps tasks.</summary>
    Compute,

    /// <summary>The segment is reached: acknowledge the item.</summary>
    Done,

    /// <summary>The item's generation is over: acknowledge the item and drop what belongs to it.</summary>
    GiveUp,
}

/// <summary>What a worker is to do next for its item.</summary>
/// <param name="Kind">What.</param>
/// <param name="Task">For a request: the ps task.</param>
/// <param name="Clock">For a request the version, -1 for the newest; for a computation the clock.</param>
/// <param name="Block">For a computation: the lanes.</param>
public readonly record struct WorkAction(WorkActionKind Kind, int Task = -1, long Clock = -1, LaneBlock Block = default);
