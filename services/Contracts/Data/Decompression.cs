namespace Cluster.Contracts.Data;

/// <summary>Files that may be compressed with gzip, known by their first two bytes and not by their name.</summary>
/// <remarks>The one decompression of this project: what it takes and what it refuses is the same for every format and every way in.</remarks>
public static class Decompression
{
    /// <summary>
    /// The content of a file, decompressed where it is compressed; reading it throws <see cref="InvalidDataException"/> where
    /// the file is not one whole gzip file, at its end at the latest. The stream stays open and the caller's.
    /// </summary>
    public static Stream Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var start = new byte[2];
        var read = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, read), stream);
        return read == 2 && start is [0x1F, 0x8B] ? new GzipContent(whole) : whole;
    }

    /// <summary>Some bytes that were read already, and then the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _prefix = prefix;

        public override int Read(Span<byte> buffer)
        {
            if (_prefix.IsEmpty || buffer.IsEmpty) return rest.Read(buffer);
            var count = Math.Min(buffer.Length, _prefix.Length);
            _prefix.Span[..count].CopyTo(buffer);
            _prefix = _prefix[count..];
            return count;
        }
    }
}
