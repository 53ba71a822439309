using System.Text;
using Cluster.Contracts.Data;
using Cluster.Models.Data;
using CsCheck;

namespace Cluster.Models.Tests.Data;

/// <summary>Files that are broken on purpose: one line that says what is wrong, in bounded memory.</summary>
public sealed class HostileFilesTests
{
    private static readonly byte[] Rows = Encoding.UTF8.GetBytes("x,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 0.37},{i}\n")));

    private static readonly string[] Pieces = ["1", "-2.5", "1:2", ":", ",", "\n", "\r\n", "\"", " ", "nan", "x", "y", "3:1e9", "\0", "é"];

    private static readonly Gen<string> Formats = Gen.Int[0, DataFormats.All.Count - 1].Select(i => DataFormats.All[i]);

    [Fact]
    public void Gzip_AByteChanged_IsRefusedOrTheSame() => Gen.Select(Gen.Int[2, 5000], Gen.Byte[1, 255]).Sample((position, change) =>
    {
        var packed = DataFiles.Gzip(Rows);
        position = Math.Min(position, packed.Length - 1);
        packed[position] ^= change;
        try
        {
            Assert.Equal(5000, Read(packed).Rows);
        }
        catch (DataFormatException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }, iter: 300);

    /// <summary>A hundred megabytes of one digit in a hundred kilobytes: the limit counts what comes out.</summary>
    [Fact]
    public void Gzip_Bomb_StopsAtTheLimit()
    {
        var digits = new byte[100 << 20];
        digits.AsSpan().Fill((byte)'1');
        var bomb = DataFiles.Gzip(digits);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var message = DataFiles.Refused(() => Read(bomb, new DataLimits { MaxBytes = 1 << 19 }));

        Assert.Equal("the file has more than 524288 bytes", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void AnyBytes_OfAnyFormat_AreReadOrRefusedInOneLine()
        => Gen.Select(Formats, Gen.Byte.Array[0, 200], Gen.Bool)
        .Sample((format, bytes, isPacked) => ReadOrRefuse(format, isPacked ? DataFiles.Gzip(bytes) : bytes));

    [Fact]
    public void AnyTextLikeData_IsReadOrRefusedInOneLine()
        => Gen.Select(Formats, Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60])
            .Sample((format, parts) => ReadOrRefuse(format, Encoding.UTF8.GetBytes(string.Concat(parts))));

    [Theory]
    [InlineData("1,2,3\n4,5,6\n", "3", 3f)]
    [InlineData("1,2,3\r\n4,5,6", "1", 1f)]
    [InlineData("\uFEFF1,2,3\n4,5,6\n", "c2", 2f)]
    public void Csv_WithoutAHeader_TakesTheLabelByNumberOrName(string text, string label, float expected)
    {
        using var reader = CsvData.Open(DataFiles.Of(text), new CsvOptions { Label = label, HasHeader = false });
        var data = reader.ReadAll(TestContext.Current.CancellationToken);

        Assert.Equal(2, data.Rows);
        Assert.Equal(expected, data.Label(0));
        Assert.Equal($"c{expected}", data.Schema.Label);
    }

    [Theory]
    [InlineData("", "the file is empty: expected was a row")]
    [InlineData("1,2\n1,\n", "row 2, column 2 ('c2'): the value is missing")]
    [InlineData("1,2\n1,2,3\n", "row 2 has 3 columns, the first row 2")]
    [InlineData("a,2\n", "row 1, column 1 ('c1'): 'a' is not a number")]
    public void Csv_WithoutAHeaderAndWrong_NamesTheRow(string text, string expected)
        => Assert.Equal(expected, DataFiles.Refused(() =>
        CsvData.Load(DataFiles.Of(text), new CsvOptions { Label = "2", HasHeader = false }, TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("2", "y")]
    [InlineData("y", "y")]
    public void Csv_HeaderAndNumber_FindsTheColumn(string label, string expected)
        => Assert.Equal(expected, CsvData.Load(DataFiles.Of("x,y\n1,2\n"), new CsvOptions { Label = label },
        TestContext.Current.CancellationToken).Schema.Label);

    private static void ReadOrRefuse(string format, byte[] bytes)
    {
        try
        {
            using var reader = RowReaders.Open(new DataImport { Source = "f", Format = format, Label = "y", Features = 5 }, new MemoryStream(bytes),
                null, new DataLimits());
            reader.ReadAll();
        }
        catch (DataFormatException e)
        {
            Assert.NotEmpty(e.Message);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static DataSet Read(byte[] bytes, DataLimits? limits = null)
    {
        using var reader = RowReaders.Open(new DataImport { Source = "f", Label = "y" }, new MemoryStream(bytes), null, limits ?? new DataLimits());
        return reader.ReadAll();
    }
}
