using System.Buffers.Binary;

namespace Cluster.Models.Data;

/// <summary>Consecutive rows of a data set, as they are read, stored and sent.</summary>
/// <remarks>
/// As bytes, all little-endian: the tag 0x31444C43 ("CLD1") as uint32, features d and rows n as int32, a zero int32, the
/// index of the first row as int64, n·d features row-major and n labels as float32. A chunk has exactly that length.
/// </remarks>
public sealed class DataChunk
{
    /// <summary>Most bytes of a chunk: what the store takes as one value without stalling others.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const uint Tag = 0x31444C43;
    private const int HeaderBytes = 24;

    private readonly float[] _features;
    private readonly float[] _labels;

    /// <summary>Takes the arrays over.</summary>
    /// <param name="firstRow">Index of the first row in the data set, from 0.</param>
    /// <param name="featureCount">Features of a row, at least 1.</param>
    /// <param name="features">Rows × features, row-major.</param>
    /// <param name="labels">One for each row; at least one.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public DataChunk(long firstRow, int featureCount, float[] features, float[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        if (labels.Length == 0 || features.Length != (long)labels.Length * featureCount)
            throw new ArgumentException($"A chunk of {labels.Length} rows and {featureCount} features cannot have {features.Length} values.", nameof(features));
        FirstRow = firstRow;
        FeatureCount = featureCount;
        _features = features;
        _labels = labels;
    }

    public long FirstRow { get; }

    public int FeatureCount { get; }

    public int Rows => _labels.Length;

    /// <summary>Rows × features, row-major.</summary>
    public ReadOnlySpan<float> Features => _features;

    public ReadOnlySpan<float> Labels => _labels;

    public long ByteLength => HeaderBytes + (Rows * (FeatureCount + 1L) * sizeof(float));

    /// <summary>Most rows of a chunk with this many features, by <see cref="MaxBytes"/>; at least 1.</summary>
    public static int MaxRows(int featureCount) => (int)Math.Max(1, (MaxBytes - HeaderBytes) / ((featureCount + 1L) * sizeof(float)));

    /// <exception cref="InvalidOperationException">The chunk is larger than <see cref="MaxBytes"/>.</exception>
    public byte[] ToBytes()
    {
        if (ByteLength > MaxBytes)
            throw new InvalidOperationException($"A chunk of {ByteLength} bytes exceeds {MaxBytes} bytes; {MaxRows(FeatureCount)} rows fit.");
        var bytes = new byte[ByteLength];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Tag);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), FeatureCount);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Rows);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), FirstRow);
        LittleEndian.Write(_features, bytes.AsSpan(HeaderBytes));
        LittleEndian.Write(_labels, bytes.AsSpan(HeaderBytes + (_features.Length * sizeof(float))));
        return bytes;
    }

    /// <exception cref="DataFormatException">The bytes are no chunk: the message says where.</exception>
    public static DataChunk FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < HeaderBytes or > MaxBytes)
            throw new DataFormatException($"a chunk has {HeaderBytes} to {MaxBytes} bytes, this one {bytes.Length}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Tag || BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) != 0)
            throw new DataFormatException("the bytes do not begin as a chunk does");
        var featureCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        var rows = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var firstRow = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        if (featureCount is < 1 or >= DataSchema.MaxColumns || rows < 1 || firstRow < 0)
            throw new DataFormatException($"a chunk cannot have {featureCount} features, {rows} rows and first row {firstRow}");
        var length = HeaderBytes + (rows * (featureCount + 1L) * sizeof(float));
        if (length != bytes.Length)
            throw new DataFormatException($"a chunk of {rows} rows and {featureCount} features has {length} bytes, this one {bytes.Length}");

        var features = new float[rows * featureCount];
        var labels = new float[rows];
        LittleEndian.Read(bytes[HeaderBytes..], features);
        LittleEndian.Read(bytes[(HeaderBytes + (features.Length * sizeof(float)))..], labels);
        return new DataChunk(firstRow, featureCount, features, labels);
    }
}
