using System.Buffers.Binary;
using Cluster.Contracts.Data;
using Cluster.Models.Data;
using Cluster.Models.Data.Idx;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class IdxDataTests
{
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 3];
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 128, 1];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Read_Pair_IsItsPixelsAndLabels(bool isCompressed, bool isOneFile)
    {
        byte[] labels = isCompressed ? DataFiles.Gzip(Labels) : Labels, images = isCompressed ? DataFiles.Gzip(Images) : Images;

        var data = isOneFile ? Read([.. labels, .. images], null) : Read(labels, images);

        Assert.Equal(2, data.Rows);
        Assert.Equal(["x1", "x2"], data.Schema.Features);
        Assert.Equal([0f, 255], data.Features(0).ToArray());
        Assert.Equal([128f, 1], data.Features(1).ToArray());
        Assert.Equal([7f, 3], [data.Label(0), data.Label(1)]);
    }

    [Theory]
    [InlineData(0x09, new byte[] { 0xFF }, -1)]
    [InlineData(0x0B, new byte[] { 0xFF, 0xFE }, -2)]
    [InlineData(0x0C, new byte[] { 0, 0, 1, 0 }, 256)]
    [InlineData(0x0D, new byte[] { 0x3F, 0xC0, 0, 0 }, 1.5)]
    [InlineData(0x0E, new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0 }, 1.5)]
    public void Read_OtherTypes_AreBigEndian(byte type, byte[] value, double expected)
    {
        var data = Read([0, 0, 8, 1, 0, 0, 0, 1, 5], [0, 0, type, 1, 0, 0, 0, 1, .. value]);

        Assert.Equal((float)expected, data.Features(0)[0]);
    }

    [Fact]
    public void Read_WrongFiles_NameFileAndPlace()
    {
        Assert.Equal("labels: the file ends in its header", Refused([], Images));
        Assert.Equal("labels: the file ends in its header", Refused(Labels[..6], Images));
        Assert.Equal("labels: the file does not begin as IDX data does, but with 01000801", Refused([1, .. Labels[1..]], Images));
        Assert.Equal("labels: the file does not begin as IDX data does, but with 00000701", Refused([0, 0, 7, .. Labels[3..]], Images));
        Assert.Equal("labels: the file does not begin as IDX data does, but with 00000800", Refused([0, 0, 8, 0, .. Labels[4..]], Images));
        Assert.Equal("labels: the header declares more than 1 values a row", Refused(Images, Images));
        Assert.Equal("labels: the header declares 2 rows, the file ends in row 2", Refused(Labels[..^1], Images));
        Assert.Equal("labels: the file has more bytes than the 2 rows that its header declares", Refused([.. Labels, 1], Images));
        Assert.Equal("images: the header declares 2 rows, the file ends in row 2", Refused(Labels, Images[..^1]));
        Assert.Equal("images: the file has more bytes than the 2 rows that its header declares", Refused(Labels, [.. Images, 1]));
        Assert.Equal("images: the file ends in its header", Refused(Labels, Images[..10]));
        Assert.Equal("there are 2 labels and 1 images", Refused(Labels, [.. Images[..7], 1, .. Images[8..^2]]));
        Assert.Equal("images: row 1, value 1: NaN is not a finite 32-bit number",
            Refused([0, 0, 8, 1, 0, 0, 0, 1, 5], [0, 0, 0x0D, 1, 0, 0, 0, 1, 0x7F, 0xC0, 0, 0]));
    }

    /// <summary>A header may declare two thousand million rows; nothing is set aside for them.</summary>
    [Fact]
    public void Read_HeaderThatDeclaresALot_TakesNoMemory()
    {
        Assert.Equal("labels: the header declares 2147483647 rows; must be from 1 to 16777216", Refused([0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xFF], Images));
        Assert.Equal("labels: the header declares -1 rows; must be from 1 to 16777216", Refused([0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF], Images));
        Assert.Equal("images: the header declares more than 16383 values a row", Refused(Labels, Header(3, 2, int.MaxValue, int.MaxValue)));
        Assert.Equal("images: the header declares a dimension of 0; must be at least 1", Refused(Labels, Header(3, 2, 0, 5)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("labels: the header declares 16777216 rows, the file ends in row 3", Refused([.. Header(1, 1 << 24), 1, 2], Images));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact]
    public void Read_AnyBytes_IsAnErrorThatNamesTheFile()
        => Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Bool).Sample((labels, images, isLike) =>
    {
        var first = isLike ? [0, 0, 8, 1, 0, 0, 0, .. labels] : labels;
        try
        {
            Read(first, images);
        }
        catch (DataFormatException e)
        {
            Assert.Matches("^(labels|images|there are)", e.Message);
        }
    });

    private static byte[] Header(byte dimensions, params int[] sizes)
    {
        byte[] header = [0, 0, 8, dimensions, .. new byte[4 * sizes.Length]];
        for (var i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), sizes[i]);
        return header;
    }

    private static DataSet Read(byte[] labels, byte[]? images)
    {
        using var first = Decompression.Open(new MemoryStream(labels));
        using var second = images is null ? null : Decompression.Open(new MemoryStream(images));
        using var data = IdxData.Open(first, second, new DataLimits());
        return data.ReadAll();
    }

    private static string Refused(byte[] labels, byte[] images) => DataFiles.Refused(() => Read(labels, images));
}
