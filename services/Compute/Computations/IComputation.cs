using System.Text.Json;

namespace Cluster.Compute.Computations;

/// <summary>
/// A computation over an index space: a pure function of a sub-range whose partial results merge. Most derive from
/// <see cref="Computation{TArguments, TPartial}"/> instead of implementing this.
/// </summary>
public interface IComputation
{
    /// <summary>What a job names it by; unique in a <see cref="ComputationCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Reads and checks the arguments of one job.</summary>
    /// <exception cref="ArgumentException">Names the argument, its value and the limit.</exception>
    IBoundComputation Bind(JsonElement arguments);
}

/// <summary>A computation with its arguments; safe to use from several threads.</summary>
public interface IBoundComputation
{
    /// <summary>Bytes in a partial result, at least 1; the same for every grain and merge.</summary>
    int PartialSize { get; }

    /// <summary>Computes one grain: a pure function of the arguments and <paramref name="range"/>.</summary>
    void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken);

    /// <summary>Merges two neighbours; <paramref name="left"/> holds the lower indices.
    /// <paramref name="merged"/> overlaps neither.</summary>
    void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged);

    /// <summary>What the user gets, from the merge of all grains.</summary>
    JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space);
}
