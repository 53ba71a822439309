using Cluster.Contracts.Data;

namespace Cluster.Models.Data;

/// <summary>Reads through to a stream, refuses what comes after a number of bytes, and says of broken compression that the data cannot be used.</summary>
/// <param name="inner">The file, decompressed.</param>
/// <param name="maxBytes">Most bytes of it.</param>
/// <param name="file">What the file is called in messages where there are several.</param>
internal sealed class BoundedStream(Stream inner, long maxBytes, string? file = null) : ReadOnlyStream
{
    private readonly string _file = file is null ? "" : $"{file}: ";
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        var read = ReadInner(buffer);
        _read += read;
        return _read <= maxBytes ? read : throw new DataFormatException($"{_file}the file has more than {maxBytes} bytes");
    }

    private int ReadInner(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException(_file + e.Message, e);
        }
    }
}
