using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cluster.Models.Data;

/// <summary>Float32 values as little-endian bytes, whatever the processor's order.</summary>
internal static class LittleEndian
{
    public static void Write(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), MemoryMarshal.Cast<byte, int>(bytes));
    }

    public static void Read(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        bytes[..(values.Length * sizeof(float))].CopyTo(MemoryMarshal.AsBytes(values));
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<float, int>(values);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    /// <summary>Hashes the values' bytes.</summary>
    public static void Append(IncrementalHash hash, ReadOnlySpan<float> values)
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (!values.IsEmpty)
        {
            var part = values[..Math.Min(values.Length, buffer.Length / sizeof(float))];
            var bytes = buffer[..(part.Length * sizeof(float))];
            Write(part, bytes);
            hash.AppendData(bytes);
            values = values[part.Length..];
        }
    }
}
