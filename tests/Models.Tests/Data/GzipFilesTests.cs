using System.Text;
using Cluster.Contracts.Data;
using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

/// <summary>Compressed files that are not one whole gzip file are refused, the same in every format.</summary>
public sealed class GzipFilesTests
{
    private const string NotWhole = "the file is not one whole gzip file: it ends early, is damaged, has bytes behind its end, or has several parts";
    private const string Undecodable = "the file is damaged: its gzip data cannot be decompressed";

    private static readonly byte[] IdxImages = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(1, 12).Select(i => (byte)i)];
    private static readonly byte[] IdxLabels = [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2];

    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["csv"] = Encoding.UTF8.GetBytes("x,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 0.37},{i}\n"))),
        ["libsvm"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i} 1:{i * 0.37}\n"))),
        ["idx"] = IdxImages,
        ["predict"] = Encoding.UTF8.GetBytes("x\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 0.37}\n"))),
    };

    public static TheoryData<string> Ways => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_WholeFile_IsTaken(string way) => Assert.Equal(way == "idx" ? 3 : 5000, Read(way, DataFiles.Gzip(Files[way])));

    /// <summary>What other programs write: an extra field, a name, a comment, the header's checksum.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_HeaderWithEveryField_IsTaken(string way)
    {
        var packed = DataFiles.Gzip(Files[way]);
        byte[] head = [0x1F, 0x8B, 8, 2 + 4 + 8 + 16, 1, 2, 3, 4, 0, 3, 4, 0, 65, 66, 0, 0, .. "name.csv\0"u8, .. "a comment\0"u8, 0xEB, 0xC1];

        Assert.Equal(way == "idx" ? 3 : 5000, Read(way, [.. head, .. packed[10..]]));
        Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, head[..20])), StringComparison.Ordinal);
        foreach (var changed in (int[])[2, 3, 4, head.Length - 1])
        {
            byte[] wrong = [.. head];
            wrong[changed] ^= 0x20;
            Assert.EndsWith("its gzip header is none that is known", DataFiles.Refused(() => Read(way, [.. wrong, .. packed[10..]])), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_CutAnywhere_IsRefused(string way)
    {
        var packed = DataFiles.Gzip(Files[way]);
        foreach (var length in Enumerable.Range(2, packed.Length - 2).Where(length => length < 40 || length % 997 == 0 || length > packed.Length - 12))
            Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, packed[..length])), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_SeveralPartsOrMoreBehind_IsRefused(string way)
    {
        var packed = DataFiles.Gzip(Files[way]);
        byte[] empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        foreach (var more in (byte[][])[packed, empty, DataFiles.Gzip("1,2\n"u8.ToArray()), [0], new byte[10], new byte[100_000], [0x1F], [0x1F, 0x8B],
            packed[^8..], packed[^9..]])
            Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, [.. packed, .. more])), StringComparison.Ordinal);
        Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, [.. empty, .. packed])), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_WrongChecksum_SaysSo(string way)
    {
        var packed = DataFiles.Gzip(Files[way]);
        packed[^6] ^= 0x40;

        Assert.Matches("the file is damaged: its gzip checksum is [0-9a-f]{8}, that of its content [0-9a-f]{8}$", DataFiles.Refused(() => Read(way, packed)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_WrongLengthOrData_IsRefused(string way)
    {
        var length = DataFiles.Gzip(Files[way]);
        length[^1] ^= 1;
        var data = DataFiles.Gzip(Files[way]);
        data[10] |= 7; // A block of the type that there is not.

        Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, length)), StringComparison.Ordinal);
        Assert.EndsWith(Undecodable, DataFiles.Refused(() => Read(way, data)), StringComparison.Ordinal);
    }

    /// <summary>All bytes are there, but no mark of the last block: the decoder waits for more.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_DataWithoutAnEnd_IsRefused(string way)
    {
        byte[] content = Files[way], packed = DataFiles.Gzip(content);
        byte[] stored = [.. packed[..10], .. content.Chunk(60_000).SelectMany(Stored), .. packed[^8..]];

        Assert.EndsWith(NotWhole, DataFiles.Refused(() => Read(way, stored)), StringComparison.Ordinal);
        Assert.Equal(way == "idx" ? 3 : 5000, Read(way, [.. stored[..^8], 3, 0, .. packed[^8..]]));
    }

    /// <summary>A stored block with a changed pixel, padding, and a cut trailer, as files and as labels.</summary>
    [Theory]
    [InlineData("H4sIABPZDWsA/wEcAOP/AAAIAwAAAAMAAAACAAAAAgABAgMEBQYHCAkqC2NEb8YcAAAA",
        "the file is damaged: its gzip checksum is c66f4463, that of its content ")]
    [InlineData("H4sIAC7YDWsC/2Ng4GBmYGAAYSYwZmRiZmFlY+fg5OIGAGNEb8YcAAAAAAAAAAAAAAA=", NotWhole)]
    [InlineData("H4sIAC7YDWsC/2Ng4GBmYGAAYSYwZmRiZmFlY+fg5OIGAGNE", NotWhole)]
    public void Read_DamagedImages_NamesTheFile(string base64, string expected)
    {
        var images = Convert.FromBase64String(base64);

        Assert.StartsWith("images: " + expected, DataFiles.Refused(() => Read("idx", images)), StringComparison.Ordinal);
        Assert.StartsWith("labels: ", DataFiles.Refused(() => ReadIdx(labels: [.. DataFiles.Gzip(IdxLabels), 0], IdxImages)), StringComparison.Ordinal);
    }

    private static byte[] Stored(byte[] part) => [0, (byte)part.Length, (byte)(part.Length >> 8), (byte)~part.Length, (byte)(~part.Length >> 8), .. part];

    private static long Read(string way, byte[] bytes) => way switch
    {
        "predict" => Predict(bytes),
        "idx" => ReadIdx(IdxLabels, bytes),
        _ => Rows(new DataImport { Source = "f", Format = way, Label = "y", Features = way == "libsvm" ? 1 : 0 }, bytes, labels: null),
    };

    private static long ReadIdx(byte[] labels, byte[] images) => Rows(new DataImport { Source = "f", Format = DataFormats.Idx }, images, labels);

    private static long Rows(DataImport import, byte[] bytes, byte[]? labels)
    {
        using var reader = RowReaders.Open(import, new PartStream(bytes, 1000), labels is null ? null : new MemoryStream(labels), new DataLimits());
        return reader.ReadAll(TestContext.Current.CancellationToken).Rows;
    }

    private static long Predict(byte[] bytes)
    {
        using var content = Decompression.Open(new PartStream(bytes, 1000));
        using var rows = FeatureRows.Open(content, ["x"], 1 << 20);
        long read = 0;
        while (rows.Read(new float[1])) read++;
        return read;
    }
}
