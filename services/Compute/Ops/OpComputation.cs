using System.Runtime.InteropServices;
using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Tensors;

namespace Cluster.Compute.Ops;

/// <summary>
/// One op on one device, as a computation of a single index. Arguments: <c>{"name": one of <see cref="TensorOps.Names"/>,
/// "a": {"shape": […], "values": […]}, "b": the same or null}</c>. Result: <c>{"shape", "values"}</c>.
/// </summary>
public sealed class OpComputation : IComputation
{
    public const string ComputationName = "op";

    public string Name => ComputationName;

    public bool Supports(DeviceType type) => true;

    public IBoundComputation Bind(JsonElement arguments)
    {
        OpArguments read;
        try
        {
            read = arguments.Deserialize(OpJson.Default.OpArguments) ?? throw new ArgumentException("The arguments of an op are null.", nameof(arguments));
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The arguments of an op cannot be read: {e.Message}", nameof(arguments), e);
        }

        return new Bound(read, ShapeOf(read));
    }

    private static IReadOnlyList<int> ShapeOf(OpArguments arguments)
    {
        if (!TensorOps.Names.Contains(arguments.Name))
            throw new ArgumentException($"'{arguments.Name}' is no op; there are {string.Join(", ", TensorOps.Names)}.");
        if (TensorOps.IsBinary(arguments.Name) != arguments.B is not null)
            throw new ArgumentException($"{arguments.Name} takes {(arguments.B is null ? "two operands" : "one operand")}.");
        foreach (var operand in (FloatTensor?[])[arguments.A, arguments.B])
        {
            if (operand?.Problem() is { } problem) throw new ArgumentException($"An operand of {arguments.Name} {problem}.");
        }

        return TensorOps.ResultShape(arguments.Name, arguments.A.Shape, arguments.B?.Shape ?? [], out var misfit) ?? throw new ArgumentException(misfit);
    }

    private sealed class Bound(OpArguments arguments, IReadOnlyList<int> shape) : IBoundComputation
    {
        public int PartialSize { get; } = checked((int)FloatTensor.ElementsOf(shape) * sizeof(float));

        public bool UsesStreamOnCpu => true;

        public bool Supports(DeviceType type) => true;

        public void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken)
            => throw new NotSupportedException("An op needs a stream of a device.");

        public void ComputeGrains(IDeviceStream stream, IndexRange range, long grainSize, Span<byte> partials, CancellationToken cancellationToken)
            => OpRun.Run(arguments.Name, arguments.A, arguments.B, stream, MemoryMarshal.Cast<byte, float>(partials));

        public void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged)
            => throw new NotSupportedException("An op has one item; there is nothing to merge.");

        public JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space)
            => new FloatTensor(shape, MemoryMarshal.Cast<byte, float>(total).ToArray()).ToJson();
    }
}
