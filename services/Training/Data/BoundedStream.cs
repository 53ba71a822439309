namespace Cluster.Training.Data;

/// <summary>Reads through to a stream and refuses what comes after a number of bytes.</summary>
internal sealed class BoundedStream(Stream inner, long maxBytes) : ReadOnlyStream
{
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _read += read;
        return _read <= maxBytes ? read : throw new DataFormatException($"the file has more than {maxBytes} bytes");
    }
}
