using System.Text;
using Cluster.Models.Data;
using CsCheck;

namespace Cluster.Models.Tests.Data;

/// <summary>Bytes that are no text: the row and the byte are named, and no row before or behind them is taken for the file.</summary>
public sealed class CsvTextTests
{
    private static readonly CsvOptions Options = new() { Label = "y" };

    private static readonly string[] Pieces = ["\uFEFF", "a", "é", "😀", "\n", "\r", "\r\n", "中", "x,y", "\0"];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 30].Select(string.Concat);

    [Theory]
    [InlineData("x,y\n1,2\n3,4\n\0,\n5,6\n7,8\n", 4, 13)]
    [InlineData("x,y\n1,2\n3,4\n\0\0\0\0\n5,6\n7,8\n", 4, 13)]
    [InlineData("x,y\n1\0\0,2\n3\0,4\n", 2, 6)]
    [InlineData("x,y\n1,2\n\0", 3, 9)]
    [InlineData("\0x,y\n1,2\n", 1, 1)]
    [InlineData("x,y\n1,\"2\n\0\"\n", 2, 10)]
    public void Load_Nul_NamesRowAndByte(string text, int row, int position)
        => Assert.Equal($"row {row} has a NUL: byte {position} of the file is 0x00; it is damaged, or no text", Refused(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("höhe,y\n1,3\n", 1, 2, "f6")]
    [InlineData("höhe,hähe,y\n1,2,3\n", 1, 2, "f6")]
    [InlineData("x,y\n1,2\n2,é\n", 3, 11, "e9")]
    public void Load_Latin1_NamesRowAndByteAndSaysHowToConvert(string text, int row, int position, string value)
        => Assert.Equal(
            $"row {row} is not UTF-8: byte {position} of the file is 0x{value}; convert the file, for example with: iconv -f ISO-8859-1 -t UTF-8",
            Refused(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData(1200, "UTF-16")]
    [InlineData(1201, "UTF-16")]
    [InlineData(12000, "UTF-32")]
    [InlineData(12001, "UTF-32")]
    public void Load_OtherUnicode_SaysHowToConvert(int codePage, string name)
    {
        var encoding = Encoding.GetEncoding(codePage);

        var message = Refused([.. encoding.GetPreamble(), .. encoding.GetBytes("x,y\n1,2\n")]);

        Assert.Equal($"the file begins with the byte order mark of {name}; convert it to UTF-8, for example with: iconv -f {name} -t UTF-8", message);
    }

    [Fact]
    public void Load_NoMarkUtf16_IsRefused()
        => Assert.StartsWith("row 1 has a NUL: byte 2", Refused(Encoding.Unicode.GetBytes("x,y\n1,2\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData("x,\uFEFFy\n1,2\n", @"there is no column 'y' for the label; the columns are 'x', '\ufeffy'")]
    [InlineData("x,y\n1,2\n1,\uFEFF2\n", @"row 3, column 2 ('y'): '\ufeff2' is not a number")]
    [InlineData("x,y\n1,2\u00a0\n", @"row 2, column 2 ('y'): '2\u00a0' is not a number")]
    [InlineData("x,y\n1,\u200b2\n", @"row 2, column 2 ('y'): '\u200b2' is not a number")]
    [InlineData("\uFEFF\uFEFFx,z\n1,2\n", @"there is no column 'y' for the label; the columns are '\ufeffx', 'z'")]
    public void Load_InvisibleCharacters_AreShown(string text, string expected) => Assert.Equal(expected, Refused(Encoding.UTF8.GetBytes(text)));

    /// <summary>The row that is named is the one of the byte, wherever it is, whatever ends the lines, and however the bytes come.</summary>
    [Fact]
    public void Load_ByteOfNoTextAnywhere_NamesItsRow() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 200], Gen.Int[0, 2], Gen.Int[1, 7]).Sample((ending, at, kind, part) =>
        {
            var end = ((string[])["\n", "\r\n", "\r"])[ending];
            var bad = ((byte[])[0, 0xFF, 0xC3])[kind];
            var text = Encoding.ASCII.GetBytes("x,y" + end + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i}{end}")));
            at = Math.Min(at, text.Length);
            var before = Encoding.ASCII.GetString(text, 0, at);
            var row = 1 + before.Count(c => c == end[0]);

            var message = Refused([.. text[..at], bad, .. text[at..]], part);

            Assert.Equal(row, int.Parse(message.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Contains($"byte {at + 1} of the file is 0x{bad:x2}", message, StringComparison.Ordinal);
        });

    /// <summary>Long lines, which a parser takes many characters at a time, and short ones end alike.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(100)]
    public void Load_CarriageReturnAlone_EndsALine(int digits)
    {
        string value = "0." + new string('1', digits), text = $"x,y\n{value},{value}\r{value},{value}\r\n{value},{value}\r";

        Assert.Equal(3, CsvData.Load(DataFiles.Of(text), Options, TestContext.Current.CancellationToken).Rows);
    }

    /// <summary>The decoder of the runtime, which throws, is the oracle.</summary>
    [Fact]
    public void Read_AnyBytes_AreWhatAStrictDecoderSays() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 40], Texts.Select(Encoding.UTF8.GetBytes)), Gen.Int[1, 9], Gen.Int[1, 9])
            .Sample((bytes, part, count) =>
            {
                var expected = Decoded(bytes);

                string? read;
                try
                {
                    read = ReadAll(new Utf8Text(new PartStream(bytes, part)), count);
                }
                catch (Exception e) when (e is BadTextException or DataFormatException)
                {
                    read = null;
                }

                Assert.Equal(expected, read);
            }, iter: 2_000);

    private static string? Decoded(byte[] bytes)
    {
        if (bytes.Contains((byte)0) || bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return null;
        try
        {
            return Strict.GetString(bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes)
                .Replace("\r\n", "\0", StringComparison.Ordinal).Replace('\r', '\n').Replace("\0", "\r\n", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string ReadAll(TextReader reader, int count)
    {
        var text = new StringBuilder();
        var buffer = new char[count];
        while (reader.Read(buffer, 0, count) is > 0 and var read) text.Append(buffer, 0, read);
        return text.ToString();
    }

    private static string Refused(byte[] bytes, int part = int.MaxValue) => DataFiles.Refused(() => CsvData.Load(new PartStream(bytes, part), Options));
}
