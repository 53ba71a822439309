using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Cluster.Models.Safetensors;

/// <summary>
/// The header of a safetensors file (Hugging Face, 2022), for files of float32 tensors:
/// 8 bytes little-endian with the length n of the header; n bytes of JSON, <c>{"__metadata__": {text: text},
/// name: {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}}</c>, filled up with spaces; then the data of all
/// tensors without gaps, little-endian, row-major, offsets counted from behind the header.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>Bytes before the JSON.</summary>
    public const int PrefixBytes = 8;

    /// <summary>Most bytes of the JSON that is read or written.</summary>
    public const int MaxBytes = 16 << 20;

    internal const string MetadataName = "__metadata__";

    /// <param name="metadata">Texts by name.</param>
    /// <param name="tensors">In the order of their data, without gaps.</param>
    public SafetensorsHeader(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafetensorsTensor> tensors)
    {
        (Metadata, Tensors) = (metadata, tensors);
    }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>In the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>Bytes of all tensors together.</summary>
    public long DataBytes => Tensors.Count == 0 ? 0 : Tensors[^1].End;

    /// <summary>Length of the JSON, from a file's first 8 bytes.</summary>
    /// <param name="prefix">The first 8 bytes.</param>
    /// <param name="fileBytes">Length of the whole file.</param>
    /// <exception cref="SafetensorsException">It cannot be a header's length.</exception>
    public static int ReadLength(ReadOnlySpan<byte> prefix, long fileBytes)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > MaxBytes)
            throw new SafetensorsException($"the file says that its header has {length} bytes; it must have 2 to {MaxBytes}: "
                + "this is no safetensors file, or a damaged one");
        return (long)length <= fileBytes - PrefixBytes
            ? (int)length
            : throw new SafetensorsException($"the file is truncated: its header has {length} bytes, the file {fileBytes} in all");
    }

    /// <summary>Reads and checks the JSON of a header.</summary>
    /// <param name="json">All of it.</param>
    /// <param name="dataBytes">Bytes of the file behind the header.</param>
    /// <exception cref="SafetensorsException">It is not well-formed, or does not describe exactly these bytes.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes) => SafetensorsParser.Parse(json, dataBytes);

    /// <summary>The header with the 8 bytes before it; as long as a multiple of 8, so that the data is aligned.</summary>
    /// <exception cref="InvalidOperationException">The header is longer than <see cref="MaxBytes"/>.</exception>
    public byte[] ToBytes()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) Write(writer);
        var length = (json.WrittenCount + 7) / 8 * 8;
        if (length > MaxBytes) throw new InvalidOperationException($"The header has {length} bytes; the most is {MaxBytes}.");
        var bytes = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        bytes.AsSpan(PrefixBytes).Fill((byte)' ');
        json.WrittenSpan.CopyTo(bytes.AsSpan(PrefixBytes));
        return bytes;
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(MetadataName);
        foreach (var (name, value) in Metadata) writer.WriteString(name, value);
        writer.WriteEndObject();
        foreach (var tensor in Tensors)
        {
            writer.WriteStartObject(tensor.Name);
            writer.WriteString("dtype", "F32");
            writer.WriteStartArray("shape");
            foreach (var size in tensor.Shape) writer.WriteNumberValue(size);
            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(tensor.Begin);
            writer.WriteNumberValue(tensor.End);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
