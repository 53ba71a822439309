using System.Numerics;

namespace Cluster.Client.Summaries;

/// <summary>CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720, B.4), and the mask that TFRecord puts over it.</summary>
public static class Crc32C
{
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>The checksum of the bytes: 0xE3069283 of the digits 1 to 9.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>The checksum as TFRecord stores it: rotated right by 15 bits, plus a constant.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes) => unchecked(BitOperations.RotateRight(Compute(bytes), 15) + MaskDelta);
}
