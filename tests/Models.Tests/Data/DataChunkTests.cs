using Cluster.Models.Data;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class DataChunkTests
{
    [Fact]
    public void ToBytes_SmallChunk_HasTheDocumentedLayout() => Assert.Equal(
        "434C4431" + "02000000" + "01000000" + "00000000" + "0700000000000000" + "0000803F" + "000000C0" + "0000003F",
        Convert.ToHexString(new DataChunk(7, 2, [1f, -2f], [0.5f]).ToBytes()));

    [Fact]
    public void FromBytes_OfAnyChunk_IsTheSame() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[1, 20], Gen.Int[1, 20], Gen.ULong).Sample((first, features, rows, seed) =>
        {
            var data = DataSets.Normal(rows, features, seed);
            var chunk = new DataChunk(first, features, data.Chunks[0].Features.ToArray(), data.Chunks[0].Labels.ToArray());

            var bytes = chunk.ToBytes();
            var read = DataChunk.FromBytes(bytes);

            Assert.Equal(chunk.ByteLength, bytes.Length);
            Assert.Equal((first, features, rows), (read.FirstRow, read.FeatureCount, read.Rows));
            Assert.Equal(chunk.Features, read.Features);
            Assert.Equal(chunk.Labels, read.Labels);
        });

    [Fact]
    public void FromBytes_AnyOtherLength_IsRefused()
    {
        var bytes = new DataChunk(0, 2, [1, 2, 3, 4], [5, 6]).ToBytes();

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<DataFormatException>(() => DataChunk.FromBytes(bytes.AsSpan(0, length)));
        Assert.Equal("a chunk of 2 rows and 2 features has 48 bytes, this one 49",
            Assert.Throws<DataFormatException>(() => DataChunk.FromBytes([.. bytes, 0])).Message);
        Assert.Throws<DataFormatException>(() => DataChunk.FromBytes(new byte[DataChunk.MaxBytes + 1]));
    }

    [Theory]
    [InlineData(0, 0xFF)]
    [InlineData(7, 0x7F)]
    [InlineData(7, 0xFF)]
    [InlineData(11, 0x7F)]
    [InlineData(11, 0xFF)]
    [InlineData(12, 1)]
    [InlineData(23, 0xFF)]
    public void FromBytes_WrongHeader_IsRefused(int at, byte value)
    {
        var bytes = new DataChunk(0, 2, [1, 2], [3]).ToBytes();
        bytes[at] = value;

        Assert.Throws<DataFormatException>(() => DataChunk.FromBytes(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(784)]
    [InlineData(DataSchema.MaxColumns - 1)]
    public void MaxRows_AnyWidth_FitsAndOneMoreDoesNot(int features)
    {
        var rows = DataChunk.MaxRows(features);

        Assert.InRange(new DataChunk(0, features, new float[rows * features], new float[rows]).ToBytes().Length, 1, DataChunk.MaxBytes);
        Assert.Throws<InvalidOperationException>(() => new DataChunk(0, features, new float[(rows + 1) * features], new float[rows + 1]).ToBytes());
    }

    [Fact]
    public void DataSet_WrongChunks_AreNamed()
    {
        static string Refused(params DataChunk[] chunks)
            => Assert.Throws<DataFormatException>(() => new DataSet(DataSets.Schema(1), chunks)).Message;
        static DataChunk Chunk(long first, int rows, int features = 1) => new(first, features, new float[rows * features], new float[rows]);

        Assert.Equal("the data set has no rows", Refused());
        Assert.Equal("chunk 1 begins at row 4, expected was row 2", Refused(Chunk(0, 2), Chunk(4, 2)));
        Assert.Equal("chunk 1 has 1 rows, the first one 2", Refused(Chunk(0, 2), Chunk(2, 1), Chunk(3, 2)));
        Assert.Equal("chunk 1 has 3 rows, the first one 2", Refused(Chunk(0, 2), Chunk(2, 3)));
        Assert.Equal("chunk 0 has 2 features, the data set 1", Refused(Chunk(0, 2, features: 2)));
    }

    [Fact]
    public void Fingerprint_AnyChunks_DependsOnTheContentOnly()
    {
        var whole = DataFingerprint.Of(DataSets.Numbered(100, 3));

        Assert.Equal(whole, DataFingerprint.Of(DataSets.Numbered(100, 3, chunkRows: 7)));
        Assert.NotEqual(whole, DataFingerprint.Of(DataSets.Numbered(99, 3)));
        Assert.NotEqual(whole, DataFingerprint.Of(new DataSet(new DataSchema(["x0", "x1", "z"], "y"), DataSets.Numbered(100, 3).Chunks)));
        Assert.NotEqual(whole, DataFingerprint.Of(new DataSet(new DataSchema(["x0", "x1", "x2"], "z"), DataSets.Numbered(100, 3).Chunks)));
    }

    /// <summary>Computed by Python's hashlib and struct from the documented layout.</summary>
    [Fact]
    public void Fingerprint_SmallDataSet_IsAsDocumented() => Assert.Equal(
        "f81536c60ed66823bbf01d95cfee5403cca4b75097cb48de03089ddeb71c355f",
        DataFingerprint.Of(new DataSet(new DataSchema(["a", "ä"], "y"), [new DataChunk(0, 2, [1, 2, 3, 4], [5, 6])])));
}
