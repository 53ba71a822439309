using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Cluster.Fuzz.Targets;

/// <summary>What a file that was taken holds, by another way than that of the readers.</summary>
internal static class FileContent
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The content, decompressed; a compressed file that was taken ends in its own checksum's place with the length of all of it.</summary>
    public static byte[] Of(byte[] file)
    {
        if (file is not [0x1F, 0x8B, ..]) return file;
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress)) gzip.CopyTo(content);
        Promise.That(BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(file.Length - 4)) == content.Length,
            "a file of several gzip parts, or with more behind it, was taken");
        return content.ToArray();
    }

    /// <summary>A CSV file that was taken is UTF-8 without NUL, and each of its lines was a record; only files without quotes tell how many they are.</summary>
    public static void RequireEveryRecord(byte[] file, long records, bool passesEmptyLines)
    {
        var content = Of(file);
        Promise.That(!content.Contains((byte)0), "a NUL was taken");
        string text;
        try
        {
            text = Strict.GetString(content);
        }
        catch (ArgumentException)
        {
            throw new BrokenPromiseException("bytes that are no UTF-8 were taken");
        }

        if (text.Contains('"', StringComparison.Ordinal)) return;
        var lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        long expected = passesEmptyLines ? lines.Count(line => line.Length > 0) : lines.Length - (lines[^1].Length == 0 ? 1 : 0);
        Promise.That(records == expected, $"{records} records were taken of {expected}");
    }
}
