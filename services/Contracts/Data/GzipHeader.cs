using System.Buffers.Binary;
using System.IO.Hashing;

namespace Cluster.Contracts.Data;

/// <summary>The head of a gzip file (RFC 1952, 2.3): ten bytes, and of an extra field, a name, a comment and a checksum those that it announces.</summary>
internal sealed class GzipHeader(GzipBody file)
{
    private const int FixedBytes = 10;
    private const int MaxTextBytes = 1 << 16;
    private const byte Deflate = 8;

    private readonly Crc32 _checksum = new();

    [Flags]
    private enum Fields : byte
    {
        Checksum = 2,
        Extra = 4,
        Name = 8,
        Comment = 16,
        Unknown = 0xE0,
    }

    /// <summary>Reads past it.</summary>
    /// <exception cref="InvalidDataException">It is none, or not whole.</exception>
    public void Pass()
    {
        var head = Read(FixedBytes);
        var fields = (Fields)head[3];
        if (head[2] != Deflate || (fields & Fields.Unknown) != 0) throw Unknown();
        if (fields.HasFlag(Fields.Extra)) Read(BinaryPrimitives.ReadUInt16LittleEndian(Read(2)));
        if (fields.HasFlag(Fields.Name)) PassText();
        if (fields.HasFlag(Fields.Comment)) PassText();
        if (!fields.HasFlag(Fields.Checksum)) return;
        var found = (ushort)_checksum.GetCurrentHashAsUInt32();
        if (BinaryPrimitives.ReadUInt16LittleEndian(Read(2)) != found) throw Unknown();
    }

    private void PassText()
    {
        for (var length = 0; length < MaxTextBytes; length++)
        {
            if (Read(1)[0] == 0) return;
        }

        throw Unknown();
    }

    private byte[] Read(int count)
    {
        var bytes = new byte[count];
        if (file.ReadAtLeast(bytes, count, throwOnEndOfStream: false) < count) throw GzipContent.NotWhole();
        _checksum.Append(bytes);
        return bytes;
    }

    private static InvalidDataException Unknown() => new("the file is damaged: its gzip header is none that is known");
}
