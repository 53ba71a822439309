using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Cluster.Contracts.Data;

/// <summary>The content of one whole gzip file (RFC 1952).</summary>
/// <remarks>
/// The runtime's own decoder takes an early end for the end, goes on with the next part, passes over other bytes behind it,
/// and says of a wrong checksum what it says of any damage. So header and trailer are read here.
/// </remarks>
internal sealed class GzipContent : ReadOnlyStream
{
    private readonly GzipBody _file;
    private readonly DeflateStream _deflate;
    private readonly Crc32 _checksum = new();
    private uint _length;
    private bool _hasBegun;

    public GzipContent(Stream file)
    {
        _file = new GzipBody(file);
        _deflate = new DeflateStream(_file, CompressionMode.Decompress);
    }

    public static InvalidDataException NotWhole() =>
        new("the file is not one whole gzip file: it ends early, is damaged, has bytes behind its end, or has several parts");

    public override int Read(Span<byte> buffer)
    {
        if (!_hasBegun) new GzipHeader(_file).Pass();
        _hasBegun = true;
        var read = Decompress(buffer);
        if (read == 0 && !buffer.IsEmpty) RequireWhole();
        _checksum.Append(buffer[..read]);
        _length += (uint)read;
        return read;
    }

    private int Decompress(Span<byte> buffer)
    {
        try
        {
            return _deflate.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("the file is damaged: its gzip data cannot be decompressed", e);
        }
    }

    private void RequireWhole()
    {
        if (!_file.IsAtEnd || BinaryPrimitives.ReadUInt32LittleEndian(_file.Trailer[4..]) != _length) throw NotWhole();
        var (told, found) = (BinaryPrimitives.ReadUInt32LittleEndian(_file.Trailer), _checksum.GetCurrentHashAsUInt32());
        if (told != found) throw new InvalidDataException($"the file is damaged: its gzip checksum is {told:x8}, that of its content {found:x8}");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _deflate.Dispose();
        base.Dispose(disposing);
    }
}
