using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Cluster.Client.Summaries;

namespace Cluster.Client.Tests;

/// <summary>Exports of summaries, read back by decoders of their own.</summary>
public sealed class SummaryFileTests
{
    private static readonly SummaryPoint[] Points =
    [
        new(32, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250), new Dictionary<string, double> { ["loss"] = 0.5, ["steals"] = 2 }),
        new(300, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_001_500), new Dictionary<string, double> { ["evaluation/loss"] = 0.1 + 0.2 }),
    ];

    /// <summary>Check values: of the CRC catalogue for "123456789", and of RFC 3720, B.4, for 32 bytes of 0, of 255, and from 0 to 31.</summary>
    [Fact]
    public void Crc32C_KnownAnswers()
    {
        Assert.Equal(0xE3069283, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AA, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)255, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    /// <summary>The first record of a file from time 0, by hand: field 3 with 13 bytes, since a wall time of 0 is absent.</summary>
    [Fact]
    public void TensorBoard_NoPoints_IsTheVersionAlone()
    {
        using var stream = new MemoryStream();
        TensorBoardFile.Write(stream, []);

        byte[] data = [0x1A, 13, .. "brain.Event:2"u8];
        Assert.Equal(data, Assert.Single(Records(stream.ToArray())));
    }

    [Fact]
    public void TensorBoard_Points_ReadBackByAnotherDecoder()
    {
        using var stream = new MemoryStream();
        TensorBoardFile.Write(stream, Points);

        byte[][] records = [.. Records(stream.ToArray())];

        Assert.Equal(3, records.Length);
        Assert.Equal("1700000000.25 0 brain.Event:2", Decode(records[0]));
        Assert.Equal("1700000000.25 32 loss=0.5 steals=2", Decode(records[1]));
        Assert.Equal("1700000001.5 300 evaluation/loss=0.3", Decode(records[2]));
    }

    /// <summary>A loss that reaches 0, and counts of what did not happen: as many values as the CSV file has cells.</summary>
    [Fact]
    public void TensorBoard_Zeros_AreThereAsInTheCsvFile()
    {
        SummaryPoint[] points =
        [
            new(1, Points[0].At, new Dictionary<string, double> { ["loss"] = 0.5, ["steals"] = 0, ["refusals"] = 0 }),
            new(2, Points[1].At, new Dictionary<string, double> { ["loss"] = 0, ["steals"] = 1, ["gain"] = -0.0, ["tiny"] = 1e-300 }),
        ];
        using var stream = new MemoryStream();
        TensorBoardFile.Write(stream, points);
        using var text = new StringWriter();
        CsvFile.Write(text, points);

        string[] events = [.. Records(stream.ToArray()).Skip(1).Select(Decode)];

        Assert.Equal(["1700000000.25 1 loss=0.5 refusals=0 steals=0", "1700000001.5 2 gain=-0 loss=0 steals=1 tiny=0"], events);
        var cells = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Sum(line => line.Trim().Split(',').Skip(2).Count(cell => cell.Length > 0));
        Assert.Equal(cells, events.Sum(e => e.Count(c => c == '=')));
    }

    [Fact]
    public void TensorBoard_ValueWithoutPresence_IsNoneForTheDecoder()
        => Assert.Equal("0 7 loss=0.5", Decode([0x10, 7, 0x2A, 23, 0x0A, 11, 0x0A, 4, .. "loss"u8, 0x15, 0, 0, 0, 0x3F, 0x0A, 8, 0x0A, 6, .. "steals"u8]));

    [Fact]
    public void TensorBoard_WrittenTwice_IsOneFile()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"cluster-{Guid.NewGuid():N}");
        try
        {
            var first = TensorBoardFile.Write(directory, "training-1", Points);
            Assert.Throws<IOException>(() => TensorBoardFile.Write(directory, "training-1", Points[..1]));
            Assert.Equal(3, Records(File.ReadAllBytes(first)).Count());
            var second = TensorBoardFile.Write(directory, "training-1", Points[..1], overwrite: true);

            Assert.Equal((first, "events.out.tfevents.1700000000.training-1"), (second, Path.GetFileName(first)));
            Assert.Equal(2, Records(File.ReadAllBytes(Assert.Single(Directory.GetFiles(directory)))).Count());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Csv_Points_HaveAColumnForEachValue()
    {
        using var text = new StringWriter { NewLine = "\n" };
        CsvFile.Write(text, Points);

        Assert.Equal(
            """
            step,time,evaluation/loss,loss,steals
            32,2023-11-14T22:13:20.2500000Z,,0.5,2
            300,2023-11-14T22:13:21.5000000Z,0.30000000000000004,,

            """.ReplaceLineEndings("\n"), text.ToString());
    }

    // TFRecord as its format says, with a checksum computed bit by bit.
    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return data;
            at += 16 + length;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    // Protobuf by hand: field 1 double, 2 varint, 3 text, 5 summary of (1: value of (1: text, 2: float)). A value has no default:
    // TensorBoard's reader asks HasField("simple_value") and passes over one that is absent.
    private static string Decode(byte[] data)
    {
        var (time, step, words) = (0.0, 0UL, new List<string>());
        foreach (var (field, value) in Fields(data))
        {
            if (field == 1) time = BinaryPrimitives.ReadDoubleLittleEndian(value);
            else if (field == 2) step = BinaryPrimitives.ReadUInt64LittleEndian(value);
            else if (field == 3) words.Add(Encoding.UTF8.GetString(value));
            else words.AddRange(Fields(value).Select(v => DecodeValue(v.Value)).OfType<string>());
        }

        return string.Create(CultureInfo.InvariantCulture, $"{time} {step} {string.Join(' ', words)}");
    }

    private static string? DecodeValue(byte[] data)
    {
        var fields = Fields(data).ToDictionary(f => f.Field, f => f.Value);
        return fields.TryGetValue(2, out var value)
            ? string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(fields[1])}={BinaryPrimitives.ReadSingleLittleEndian(value)}")
            : null;
    }

    private static List<(int Field, byte[] Value)> Fields(byte[] data)
    {
        var fields = new List<(int, byte[])>();
        for (var at = 0; at < data.Length;)
        {
            var tag = Varint(data, ref at);
            var length = (tag & 7) switch { 1 => 8, 5 => 4, _ => 0 };
            var value = (tag & 7) == 0 ? BitConverter.GetBytes(Varint(data, ref at)) : [];
            if ((tag & 7) == 2) length = (int)Varint(data, ref at);
            if (length > 0) value = data[at..(at + length)];
            at += length;
            fields.Add(((int)(tag >> 3), value));
        }

        return fields;
    }

    private static ulong Varint(byte[] data, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = data[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }
}
