using System.Globalization;
using System.Text;
using Cluster.Models.Data;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class CsvDataTests
{
    private static readonly CsvOptions Options = new() { Label = "y" };

    [Fact]
    public void Load_LabelInTheMiddle_TakesTheOthersAsFeaturesInOrder()
    {
        var data = Load("a, y ,\"b,c\"\r\n1,2,3\r\n-4e1,\" 5.5\",\"6\"\r\n");

        Assert.Equal(["a", "b,c"], data.Schema.Features);
        Assert.Equal("y", data.Schema.Label);
        Assert.Equal(2, data.Rows);
        Assert.Equal([-40f, 6f], data.Features(1).ToArray());
        Assert.Equal([2f, 5.5f], [data.Label(0), data.Label(1)]);
    }

    [Theory]
    [InlineData("x,y\n1,2")]
    [InlineData("x,y\n\n1,2\n\n\n")]
    [InlineData("\uFEFFx,y\n1,2\n")]
    [InlineData("x,y\r1,2\r")]
    [InlineData("x,y\r\r\n1,2\r\r\n")]
    public void Load_EmptyLinesMarkOrNoLastNewline_AreAccepted(string text)
    {
        var data = Load(text);

        Assert.Equal(1, data.Rows);
        Assert.Equal("x", Assert.Single(data.Schema.Features));
    }

    [Theory]
    [InlineData("", "the file is empty: expected was a header")]
    [InlineData("\n\n", "the file is empty: expected was a header")]
    [InlineData("x,y", "the file has a header and no rows")]
    [InlineData("x,y\n", "the file has a header and no rows")]
    [InlineData("x,z\n1,2\n", "there is no column 'y' for the label; the columns are 'x', 'z'")]
    [InlineData("y\n1\n", "there is no column beside the label 'y'")]
    [InlineData("x,,y\n", "row 1, column 2: the column has no name")]
    [InlineData("x,y,x\n", "row 1, column 3 ('x'): column 1 has the same name")]
    [InlineData("x,y\n1,2\n3,\n", "row 3, column 2 ('y'): the value is missing")]
    [InlineData("x,y\n,2\n", "row 2, column 1 ('x'): the value is missing")]
    [InlineData("x,y\n1,\n1,2\n", "row 2, column 2 ('y'): the value is missing")]
    [InlineData("x,y\n1,\n2, \n3,\n", "rows 2 to 4, column 2 ('y'): all labels are missing")]
    [InlineData("x,y\n1,2\n1,two\n", "row 3, column 2 ('y'): 'two' is not a number")]
    [InlineData("x,y\n\n1,two\n", "row 3, column 2 ('y'): 'two' is not a number")]
    [InlineData("x,y\n\"1,5\",2\n", "row 2, column 1 ('x'): '1,5' is not a number")]
    [InlineData("x,y\n\"1\n2\",2\n", "row 2, column 1 ('x'): '1\\u000a2' is not a number")]
    [InlineData("x,y\n1,NaN\n", "row 2, column 2 ('y'): 'NaN' is not a finite 32-bit number")]
    [InlineData("x,y\n-Infinity,1\n", "row 2, column 1 ('x'): '-Infinity' is not a finite 32-bit number")]
    [InlineData("x,y\n1e39,1\n", "row 2, column 1 ('x'): '1e39' is not a finite 32-bit number")]
    [InlineData("x,y\n1,2\n1,2,3\n", "row 3 has 3 columns, the header 2")]
    [InlineData("x,y\n1,2\n1\n", "row 3 has 1 columns, the header 2")]
    [InlineData("x,y\n#,2\n", "row 2, column 1 ('x'): '#' is not a number")]
    public void Load_WrongFile_IsOneLineWithRowAndColumn(string text, string expected)
        => Assert.Equal(expected, Assert.Throws<DataFormatException>(() => Load(text)).Message);

    [Fact]
    public void Load_OpenQuote_NamesTheRow()
    {
        var message = Assert.Throws<DataFormatException>(() => Load("x,y\n1,2\n\"1,2\n1,2\n")).Message;

        Assert.StartsWith("row 3", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Load_AboveALimit_NamesIt()
    {
        Assert.Equal("row 4: the file has more than 2 rows", Refused("x,y\n1,2\n1,2\n1,2\n", Options with { MaxRows = 2 }));
        Assert.Equal("row 1 has 3 columns; the most is 2", Refused("x,y,z\n1,2,3\n", Options with { MaxColumns = 2 }));
        Assert.Equal("the file has more than 11 bytes", Refused("x,y\n1,2\n1,2\n", Options with { MaxBytes = 11 }));
        Assert.Equal(2, CsvData.Load(DataSets.Csv("x,y\n1,2\n1,2\n"), Options with { MaxBytes = 12, MaxRows = 2, MaxColumns = 2 },
            TestContext.Current.CancellationToken).Rows);
        Assert.Equal("row 2 has more than 1048576 characters", Refused($"x,y\n{new string('1', 3 << 20)},2\n", Options));
    }

    [Fact]
    public void Load_LongText_IsCutInTheMessage()
        => Assert.Equal($"row 2, column 1 ('x'): '{new string('a', 40)}…' is not a number", Refused($"x,y\n{new string('a', 5000)},2\n", Options));

    [Fact]
    public void ReadChunks_AnyTableAndChunkSize_GivesBackTheValues() =>
        Gen.Select(Gen.Float.Where(float.IsFinite).Array[1, 60], Gen.Int[1, 5], Gen.Int[1, 9]).Sample((values, features, chunkRows) =>
        {
            var columns = features + 1;
            var rows = (values.Length + columns - 1) / columns;
            float Value(int row, int column) => values[((row * columns) + column) % values.Length];
            var text = new StringBuilder(string.Join(',', Enumerable.Range(0, features).Select(i => $"x{i}"))).Append(",y\n");
            for (var row = 0; row < rows; row++)
                text.AppendJoin(',', Enumerable.Range(0, columns).Select(c => Value(row, c).ToString("R", CultureInfo.InvariantCulture))).Append('\n');

            using var csv = CsvData.Open(DataSets.Csv(text.ToString()), Options with { ChunkRows = chunkRows });
            DataChunk[] chunks = [.. csv.ReadChunks(TestContext.Current.CancellationToken)];
            var data = new DataSet(csv.Schema, chunks);

            Assert.All(chunks, chunk => Assert.InRange(chunk.Rows, 1, chunkRows));
            Assert.Equal(rows, data.Rows);
            for (var row = 0; row < rows; row++)
            {
                Assert.Equal(Enumerable.Range(0, features).Select(c => Value(row, c)), data.Features(row).ToArray());
                Assert.Equal(Value(row, features), data.Label(row));
            }
        });

    [Fact]
    public void ReadChunks_LongFile_ReadsNoFurtherThanTheChunkNeeds()
    {
        var stream = new EndlessCsv();
        using var csv = CsvData.Open(stream, Options with { ChunkRows = 1000, MaxRows = long.MaxValue, MaxBytes = long.MaxValue });

        DataChunk[] chunks = [.. csv.ReadChunks(TestContext.Current.CancellationToken).Take(3)];

        Assert.Equal([0, 1000, 2000], chunks.Select(chunk => chunk.FirstRow));
        Assert.InRange(stream.Position, 3 * 4000, 1 << 20);
    }

    [Fact]
    public void ReadChunks_Cancelled_Ends()
    {
        using var csv = CsvData.Open(new EndlessCsv(), Options);

        Assert.Throws<OperationCanceledException>(() => csv.ReadChunks(new CancellationToken(canceled: true)).Count());
    }

    private static DataSet Load(string text) => CsvData.Load(DataSets.Csv(text), Options, TestContext.Current.CancellationToken);

    private static string Refused(string text, CsvOptions options)
        => Assert.Throws<DataFormatException>(() => CsvData.Load(DataSets.Csv(text), options)).Message;

    /// <summary>A header and rows without end.</summary>
    private sealed class EndlessCsv : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++, _position++)
                buffer[offset + i] = (byte)(_position < 4 ? "x,y\n" : "1,2\n")[(int)(_position % 4)];
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
