using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>
/// Base of typed computations. A partial result travels as the little-endian bytes of
/// <typeparamref name="TPartial"/>: give it fields of fixed size and no padding.
/// </summary>
/// <typeparam name="TArguments">A job's arguments, immutable.</typeparam>
/// <typeparam name="TPartial">Result of a grain or of a merge of grains.</typeparam>
public abstract class Computation<TArguments, TPartial> : IComputation
    where TPartial : unmanaged
{
    public abstract string Name { get; }

    public virtual bool Supports(DeviceType type) => type == DeviceType.Cpu;

    public IBoundComputation Bind(JsonElement arguments) => new Bound(this, ReadArguments(arguments));

    /// <inheritdoc cref="IComputation.Bind"/>
    protected abstract TArguments ReadArguments(JsonElement arguments);

    /// <inheritdoc cref="IBoundComputation.Compute"/>
    protected abstract TPartial Compute(TArguments arguments, IndexRange range, CancellationToken cancellationToken);

    /// <inheritdoc cref="IBoundComputation.ComputeGrains"/>
    protected virtual void ComputeGrains(
        IDeviceStream stream, TArguments arguments, IndexRange range, long grainSize, Span<TPartial> partials,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException($"Computation '{Name}' does not run on a {stream.Device.Info.Type.ToName()}.");

    /// <inheritdoc cref="IBoundComputation.Merge"/>
    protected abstract TPartial Merge(TPartial left, TPartial right);

    /// <inheritdoc cref="IBoundComputation.Result"/>
    protected abstract JsonElement Result(TArguments arguments, GrainSpace space, TPartial total);

    private sealed class Bound(Computation<TArguments, TPartial> computation, TArguments arguments) : IBoundComputation
    {
        public int PartialSize { get; } = BitConverter.IsLittleEndian
            ? Unsafe.SizeOf<TPartial>()
            : throw new PlatformNotSupportedException("Partial results are little-endian; this processor is not.");

        public bool Supports(DeviceType type) => computation.Supports(type);

        public void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken) =>
            MemoryMarshal.Write(partial, computation.Compute(arguments, range, cancellationToken));

        public void ComputeGrains(
            IDeviceStream stream, IndexRange range, long grainSize, Span<byte> partials, CancellationToken cancellationToken) =>
            computation.ComputeGrains(
                stream, arguments, range, grainSize, MemoryMarshal.Cast<byte, TPartial>(partials), cancellationToken);

        public void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged) =>
            MemoryMarshal.Write(
                merged, computation.Merge(MemoryMarshal.Read<TPartial>(left), MemoryMarshal.Read<TPartial>(right)));

        public JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space) =>
            computation.Result(arguments, space, MemoryMarshal.Read<TPartial>(total));
    }
}
