using System.Runtime.CompilerServices;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>Arguments of a launch, 8 bytes each, of which a kernel's parameter takes its own width from the low end.</summary>
internal struct KernelArguments
{
    public const int Most = 16;

    private Slots _slots;

    public int Count { get; private set; }

    public readonly ulong this[int index] => _slots[index];

    public KernelArguments Add(ulong value)
    {
        _slots[Count++] = value;
        return this;
    }

    public KernelArguments Add(int value) => Add((ulong)(uint)value);

    public KernelArguments Add(float value) => Add((ulong)BitConverter.SingleToUInt32Bits(value));

    public KernelArguments Add(double value) => Add(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Where argument <paramref name="index"/> is; of a copy that stays where it is during the launch.</summary>
    public static unsafe void* Pointer(KernelArguments* arguments, int index) => (ulong*)&arguments->_slots + index;

    [InlineArray(Most)]
    private struct Slots
    {
        private ulong _first;
    }
}
