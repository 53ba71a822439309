using System.Globalization;
using System.Text;
using Cluster.Models.Data;
using Cluster.Models.Data.LibSvm;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class LibSvmDataTests
{
    [Fact]
    public void Read_SparseRows_FillsZeros()
    {
        var data = DataFiles.LibSvm("+1 1:0.5 4:-2e1\r\n# nothing\n\n-1 2:3 # a comment\n  7\t3:1  \n0");

        Assert.Equal(["x1", "x2", "x3", "x4"], data.Schema.Features);
        Assert.Equal(4, data.Rows);
        Assert.Equal([0.5f, 0, 0, -20], data.Features(0).ToArray());
        Assert.Equal([0f, 3, 0, 0], data.Features(1).ToArray());
        Assert.Equal([0f, 0, 1, 0], data.Features(2).ToArray());
        Assert.Equal([0f, 0, 0, 0], data.Features(3).ToArray());
        Assert.Equal([1f, -1, 7, 0], Enumerable.Range(0, 4).Select(row => data.Label(row)));
    }

    [Fact]
    public void Read_ZeroBasedAndMark_StartsAtZero()
    {
        var data = DataFiles.LibSvm("\uFEFF1 0:2 3:4\n", indexBase: 0);

        Assert.Equal("x0", data.Schema.Features[0]);
        Assert.Equal([2f, 0, 0, 4], data.Features(0).ToArray());
    }

    [Theory]
    [InlineData("", "the file has no rows")]
    [InlineData("\n# only\n", "the file has no rows")]
    [InlineData("1 2\n", "row 1, pair 1: '2' is not index:value")]
    [InlineData("1 1:1\nx 1:1\n", "row 2, the label: 'x' is not a number")]
    [InlineData("1:1\n", "row 1, the label: '1:1' is not a number")]
    [InlineData("1,2 1:1\n", "row 1, the label: '1,2' is not a number")]
    [InlineData("nan 1:1\n", "row 1, the label: 'nan' is not a finite 32-bit number")]
    [InlineData("1 1:inf\n", "row 1, pair 1: 'inf' is not a number")]
    [InlineData("1 1:Infinity\n", "row 1, pair 1: 'Infinity' is not a finite 32-bit number")]
    [InlineData("1 1:1e39\n", "row 1, pair 1: '1e39' is not a finite 32-bit number")]
    [InlineData("1 1:\n", "row 1, pair 1: '' is not a number")]
    [InlineData("1 :1\n", "row 1, pair 1: the index '' is not a whole number")]
    [InlineData("1 qid:3 1:1\n", "row 1, pair 1: the index 'qid' is not a whole number")]
    [InlineData("1 1.5:1\n", "row 1, pair 1: the index '1.5' is not a whole number")]
    [InlineData("1 0:1\n", "row 1, pair 1: the index 0 is not from 1 to 4")]
    [InlineData("1 -1:1\n", "row 1, pair 1: the index -1 is not from 1 to 4")]
    [InlineData("1 5:1\n", "row 1, pair 1: the index 5 is not from 1 to 4")]
    [InlineData("1 4294967297:1\n", "row 1, pair 1: the index 4294967297 is not from 1 to 4")]
    [InlineData("1 99999999999999999999:1\n", "row 1, pair 1: the index '99999999999999999999' is not a whole number")]
    [InlineData("1 2:1 1:1\n", "row 1, pair 2: the index 1 comes after 2; indices must rise")]
    [InlineData("1 1:2\0 2:3\n", "row 1, pair 1: '2\\u0000' is not a number")]
    [InlineData("1 1:1\n\0\0\n", "row 2, the label: '\\u0000\\u0000' is not a number")]
    [InlineData("1\0 1:1\n", "row 1, the label: '1\\u0000' is not a number")]
    [InlineData("1 1\0:1\n", "row 1, pair 1: the index '1\\u0000' is not a whole number")]
    [InlineData("1 1:1\r 2:2\n", "row 1, pair 1: '1\\u000d' is not a number")]
    [InlineData("1\u00a01:1\n", "row 1, the label: '1\\u00a01:1' is not a number")]
    [InlineData("1 1:1\n\uFEFF1 1:1\n", "row 2, the label: '\\ufeff1' is not a number")]
    [InlineData("1 2:1 2:1\n", "row 1, pair 2: the index 2 comes after 2; indices must rise")]
    public void Read_WrongFile_NamesRowAndPair(string text, string expected) => Assert.Equal(expected, DataFiles.Refused(() => DataFiles.LibSvm(text)));

    [Fact]
    public void Read_Utf16_SaysHowToConvert()
    {
        byte[] file = [.. System.Text.Encoding.Unicode.GetPreamble(), .. System.Text.Encoding.Unicode.GetBytes("1 1:1\n")];
        using var data = LibSvmData.Open(new MemoryStream(file), new LibSvmOptions { Features = 1 });

        var message = DataFiles.Refused(() => data.ReadAll());

        Assert.Equal("the file begins with the byte order mark of UTF-16; convert it to UTF-8, for example with: iconv -f UTF-16 -t UTF-8", message);
    }

    [Fact]
    public void Read_AboveALimit_NamesIt()
    {
        Assert.Equal("row 2 has more than 1048576 bytes", DataFiles.Refused(() => DataFiles.LibSvm($"1 1:1\n1 1:{new string('1', 2 << 20)}\n")));
        var options = new LibSvmOptions { Features = 1, MaxRows = 2, MaxBytes = 12 };
        Assert.Equal("row 3: the file has more than 2 rows", Refused("1\n1\n1\n", options));
        Assert.Equal("the file has more than 12 bytes", Refused("1 1:1\n1 1:1\n\n", options));
        Assert.Throws<ArgumentOutOfRangeException>(() => LibSvmData.Open(DataFiles.Of("1"), options with { Features = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => LibSvmData.Open(DataFiles.Of("1"), options with { Features = DataSchema.MaxColumns }));
        Assert.Throws<ArgumentOutOfRangeException>(() => LibSvmData.Open(DataFiles.Of("1"), options with { IndexBase = 2 }));
    }

    [Fact]
    public void CountFeatures_AnyFile_IsTheHighestIndex()
    {
        var options = new LibSvmOptions { Features = 1000 };
        Assert.Equal(9, LibSvmData.CountFeatures(DataFiles.Of("1 2:1 9:1\n1 3:1\n"), options));
        Assert.Equal(10, LibSvmData.CountFeatures(DataFiles.Of("1 2:1 9:1\n1 3:1\n"), options with { IndexBase = 0 }));
        Assert.Equal(1, LibSvmData.CountFeatures(DataFiles.Of("1\n"), options));
    }

    /// <summary>Rows of any sparsity, written and read in chunks of any size.</summary>
    [Fact]
    public void Read_AnyRows_AreWhatWasWritten()
        => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 9], Gen.Int[1, 7], Gen.ULong).Sample((rows, features, chunkRows, seed) =>
    {
        var text = new StringBuilder();
        var expected = new float[rows][];
        for (var row = 0; row < rows; row++)
        {
            expected[row] = [.. Enumerable.Range(0, features)
                .Select(i => PhiloxNormal.At(seed, (ulong)((row * features) + i)) is var x && x > 0 ? (float)x : 0)];
            text.Append(CultureInfo.InvariantCulture, $"{row}");
            for (var i = 0; i < features; i++)
            {
                if (expected[row][i] != 0)
                    text.Append(CultureInfo.InvariantCulture, $" {i + 1}:{expected[row][i]:R}");
            }

            text.Append('\n');
        }

        using var data = LibSvmData.Open(DataFiles.Of(text.ToString()), new LibSvmOptions { Features = features, ChunkRows = chunkRows });
        var read = data.ReadAll();
        Assert.Equal(rows, read.Rows);
        for (var row = 0; row < rows; row++)
        {
            Assert.Equal(row, read.Label(row));
            Assert.Equal(expected[row], read.Features(row).ToArray());
        }
    });

    private static string Refused(string text, LibSvmOptions options) => DataFiles.Refused(() =>
    {
        using var data = LibSvmData.Open(DataFiles.Of(text), options);
        data.ReadAll();
    });
}
