using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>
/// A computation over an index space: a pure function of a sub-range whose partial results merge. Most derive from
/// <see cref="Computation{TArguments, TPartial}"/> instead of implementing this.
/// </summary>
public interface IComputation
{
    /// <summary>What a job names it by; unique in a <see cref="ComputationCatalog"/>.</summary>
    string Name { get; }

    /// <inheritdoc cref="IBoundComputation.Supports"/>
    bool Supports(DeviceType type) => type == DeviceType.Cpu;

    /// <summary>Reads and checks the arguments of one job.</summary>
    /// <exception cref="ArgumentException">Names the argument, its value and the limit.</exception>
    IBoundComputation Bind(JsonElement arguments);
}

/// <summary>A computation with its arguments; safe to use from several threads.</summary>
public interface IBoundComputation
{
    /// <summary>Bytes in a partial result, at least 1; the same for every grain and merge.</summary>
    int PartialSize { get; }

    /// <summary>Whether it runs on devices of this type: on a CPU by <see cref="Compute"/>, on any other by
    /// <see cref="ComputeGrains"/>. A CPU alone unless overridden.</summary>
    bool Supports(DeviceType type) => type == DeviceType.Cpu;

    /// <summary>Whether it runs by <see cref="ComputeGrains"/> on a CPU too, since it is made of a stream's operations.</summary>
    bool UsesStreamOnCpu => false;

    /// <summary>Computes one grain: a pure function of the arguments and <paramref name="range"/>.</summary>
    void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken);

    /// <summary>
    /// Computes neighbouring grains at once on a device, each to the same bits as <see cref="Compute"/> gives. Called from
    /// several threads at a time, each with a stream of its own.
    /// </summary>
    /// <param name="stream">A stream of a device of a type that is supported.</param>
    /// <param name="range">The indices of whole grains; the last one is short where the index space ends.</param>
    /// <param name="grainSize">Indices in a grain.</param>
    /// <param name="partials">The partial results of the grains, in order, <see cref="PartialSize"/> bytes each.</param>
    /// <param name="cancellationToken">May be looked at between launches.</param>
    /// <exception cref="NotSupportedException">The device's type is not supported.</exception>
    /// <exception cref="DeviceException">The device could not.</exception>
    void ComputeGrains(
        IDeviceStream stream, IndexRange range, long grainSize, Span<byte> partials, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"This computation does not run on a {stream.Device.Info.Type.ToName()}.");

    /// <summary>Merges two neighbours; <paramref name="left"/> holds the lower indices.
    /// <paramref name="merged"/> overlaps neither.</summary>
    void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged);

    /// <summary>What the user gets, from the merge of all grains.</summary>
    JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space);
}
