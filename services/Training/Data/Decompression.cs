using System.IO.Compression;

namespace Cluster.Training.Data;

/// <summary>Files that may be compressed with gzip, known by their first two bytes and not by their name.</summary>
public static class Decompression
{
    // Header, an empty block, checksum and length (RFC 1952).
    private const int SmallestGzip = 20;

    /// <summary>The content of a file, decompressed where it is compressed. The stream stays open and the caller's.</summary>
    public static Stream Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] start = new byte[2];
        int read = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, read), stream);
        return read == 2 && start is [0x1F, 0x8B] ? new GzipContent(whole) : whole;
    }

    /// <summary>Says of a broken file what it is, in the words of this project.</summary>
    private sealed class GzipContent(PrefixedStream file) : ReadOnlyStream
    {
        private readonly GZipStream _gzip = new(file, CompressionMode.Decompress);
        private uint _written;

        public override int Read(Span<byte> buffer)
        {
            try
            {
                int read = _gzip.Read(buffer);
                _written += (uint)read;
                return read > 0 || buffer.IsEmpty || IsWhole ? read : throw new DataFormatException("the file is not whole gzip data: it ends early, or has several parts");
            }
            catch (InvalidDataException e)
            {
                throw new DataFormatException($"the file is not whole gzip data: {e.Message.TrimEnd('.')}", e);
            }
        }

        // The decoder takes an early end for the end; but a whole file ends in the number of bytes that it holds.
        private bool IsWhole => file.BytesRead >= SmallestGzip && file.LastWord == _written;

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _gzip.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Some bytes that were read already, and then the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _prefix = prefix;

        public long BytesRead { get; private set; }

        /// <summary>The last four bytes, little-endian.</summary>
        public uint LastWord { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int count = _prefix.IsEmpty || buffer.IsEmpty ? rest.Read(buffer) : ReadPrefix(buffer);
            BytesRead += count;
            foreach (byte value in buffer[Math.Max(0, count - sizeof(uint))..count])
                LastWord = (LastWord >> 8) | ((uint)value << 24);
            return count;
        }

        private int ReadPrefix(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, _prefix.Length);
            _prefix.Span[..count].CopyTo(buffer);
            _prefix = _prefix[count..];
            return count;
        }
    }
}
