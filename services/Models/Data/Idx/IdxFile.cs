namespace Cluster.Models.Data.Idx;

/// <summary>One IDX file, row by row.</summary>
internal sealed class IdxFile
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte[] _row;

    public IdxFile(Stream stream, string name, long maxRows, int maxWidth)
    {
        (_stream, _name) = (stream, name);
        Header = IdxHeader.Read(stream, name, maxRows, maxWidth);
        _row = new byte[Header.Width * Header.ValueBytes];
    }

    public IdxHeader Header { get; }

    /// <summary>Number of the row read last, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Reads the next row.</summary>
    /// <exception cref="DataFormatException">The file ends before, or a value is not finite.</exception>
    public void Read(Span<float> values)
    {
        Row++;
        if (_stream.ReadAtLeast(_row, _row.Length, throwOnEndOfStream: false) < _row.Length)
            throw new DataFormatException($"{_name}: the header declares {Header.Rows} rows, the file ends in row {Row}");
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Header.Value(_row.AsSpan(i * Header.ValueBytes));
            if (!float.IsFinite(values[i]))
                throw new DataFormatException($"{_name}: row {Row}, value {i + 1}: {values[i]} is not a finite 32-bit number");
        }
    }

    /// <exception cref="DataFormatException">There are bytes behind the last row.</exception>
    public void RequireEnd()
    {
        if (_stream.ReadByte() >= 0)
            throw new DataFormatException($"{_name}: the file has more bytes than the {Header.Rows} rows that its header declares");
    }
}
