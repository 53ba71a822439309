namespace Cluster.Compute.Devices;

/// <summary>A part of a <see cref="DeviceBuffer"/>, or all of it.</summary>
public readonly record struct DeviceSpan
{
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the buffer.</exception>
    public DeviceSpan(DeviceBuffer buffer, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, buffer.Length - offset);
        (Buffer, Offset, Length) = (buffer, offset, length);
    }

    public DeviceBuffer Buffer { get; }

    public int Offset { get; }

    public int Length { get; }

    /// <summary>The part [<paramref name="offset"/>, offset + <paramref name="length"/>) of this one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within this part.</exception>
    public DeviceSpan Slice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new DeviceSpan(Buffer, Offset + offset, length);
    }

    public static implicit operator DeviceSpan(DeviceBuffer buffer) => new(buffer, 0, buffer.Length);
}
