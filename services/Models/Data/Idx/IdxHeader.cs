using System.Buffers.Binary;

namespace Cluster.Models.Data.Idx;

/// <summary>The head of a file in MNIST's IDX format: two zero bytes, the type of the values, the number of dimensions,
/// and each as int32, big-endian.</summary>
/// <param name="Type">0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64.</param>
/// <param name="Rows">The first dimension, at least 1.</param>
/// <param name="Width">Values of a row: the product of the other dimensions, at least 1.</param>
internal readonly record struct IdxHeader(byte Type, long Rows, int Width)
{
    private const int MaxDimensions = 8;

    /// <summary>Bytes of a value.</summary>
    public int ValueBytes => Type switch
    {
        0x08 or 0x09 => 1,
        0x0B => 2,
        0x0C or 0x0D => 4,
        _ => 8,
    };

    /// <summary>Reads it.</summary>
    /// <param name="stream">The file's start.</param>
    /// <param name="file">What the file is called in messages.</param>
    /// <param name="maxRows">Most rows.</param>
    /// <param name="maxWidth">Most values of a row.</param>
    /// <exception cref="DataFormatException">It is none, or declares too much.</exception>
    public static IdxHeader Read(Stream stream, string file, long maxRows, int maxWidth)
    {
        Span<byte> start = stackalloc byte[4];
        Span<byte> sizes = stackalloc byte[4 * MaxDimensions];
        if (stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) < 4)
            throw new DataFormatException($"{file}: the file ends in its header");
        if (start is not [0, 0, 0x08 or 0x09 or 0x0B or 0x0C or 0x0D or 0x0E, >= 1 and <= MaxDimensions])
            throw new DataFormatException($"{file}: the file does not begin as IDX data does, but with {Convert.ToHexStringLower(start)}");
        sizes = sizes[..(4 * start[3])];
        if (stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false) < sizes.Length)
            throw new DataFormatException($"{file}: the file ends in its header");
        long rows = BinaryPrimitives.ReadInt32BigEndian(sizes);
        if (rows < 1 || rows > maxRows)
            throw new DataFormatException($"{file}: the header declares {rows} rows; must be from 1 to {maxRows}");
        return new IdxHeader(start[2], rows, WidthOf(sizes[4..], file, maxWidth));
    }

    /// <summary>A value of a file as float32.</summary>
    /// <param name="bytes"><see cref="ValueBytes"/> bytes.</param>
    public float Value(ReadOnlySpan<byte> bytes) => Type switch
    {
        0x08 => bytes[0],
        0x09 => (sbyte)bytes[0],
        0x0B => BinaryPrimitives.ReadInt16BigEndian(bytes),
        0x0C => BinaryPrimitives.ReadInt32BigEndian(bytes),
        0x0D => BinaryPrimitives.ReadSingleBigEndian(bytes),
        _ => (float)BinaryPrimitives.ReadDoubleBigEndian(bytes),
    };

    private static int WidthOf(ReadOnlySpan<byte> sizes, string file, int maxWidth)
    {
        long width = 1;
        for (var i = 0; i < sizes.Length; i += 4)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(sizes[i..]);
            if (size < 1)
                throw new DataFormatException($"{file}: the header declares a dimension of {size}; must be at least 1");
            width *= size;
            if (width > maxWidth)
                throw new DataFormatException($"{file}: the header declares more than {maxWidth} values a row");
        }

        return (int)width;
    }
}
