using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Shards;

/// <summary>What a ps task needs to know of a job before it allocates: all memory it will ever take follows from it.</summary>
public sealed record ShardOptions
{
    /// <summary>Lanes of the job, 1 to 256.</summary>
    public required int Lanes { get; init; }

    /// <summary>Parameters in the task's range, at least 1.</summary>
    public required int Length { get; init; }

    /// <summary>The update rule.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Exchange streams that may be open at once, at least 1; each has at most one push under way.</summary>
    public required int Streams { get; init; }

    public StealOptions Steal { get; init; } = new();

    /// <summary>Asynchronous: clocks that a lane may be ahead of the slowest one, at least 0; null for any number.</summary>
    public int? Staleness { get; init; }

    /// <summary>Bytes of all vectors and slots, and of the snapshot's copy of the slots: what is ever taken at once, of which most is rarely taken.</summary>
    public long MemoryBytes()
    {
        long vectors = VectorPool.Capacity(Lanes, Streams) + (2 * Optimizer.Slots);
        return checked(vectors * Length * sizeof(float));
    }

    internal BlockTree Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Streams, 1);
        return new BlockTree(Lanes);
    }
}
