using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

/// <summary>The rows that are predicted: one for each line of the file, or an error that names the line.</summary>
public sealed class FeatureRowsTests
{
    [Theory]
    [InlineData("x\n1\n\"\"\n3\n", "row 3, column 1 ('x'): the value is missing")]
    [InlineData("x\n1\n\n3\n", "row 3 is an empty line, for which there is no prediction; take it out")]
    [InlineData("x\n1\n3\n\n", "row 4 is an empty line, for which there is no prediction; take it out")]
    [InlineData("x\r\n1\r\n\r\n3\r\n", "row 3 is an empty line, for which there is no prediction; take it out")]
    [InlineData("\nx\n1\n", "row 1 is an empty line, for which there is no prediction; take it out")]
    [InlineData("x\n1\n \n", "row 3, column 1 ('x'): the value is missing")]
    [InlineData("x\n1\n\0\n3\n", "row 3 has a NUL: byte 5 of the file is 0x00; it is damaged, or no text")]
    [InlineData("x,n\n1,a\n2\n", "row 3 has 1 columns, the header 2")]
    [InlineData("1,2\n3,4\n", "the file has no column 'x', by which the model was trained; row 1 has numbers and no names: say --no-header if the file has "
        + "no header")]
    [InlineData("\u200bx\n1\n", "the file has no column 'x', by which the model was trained")]
    public void Read_RecordThatIsNoRow_IsNamed(string text, string expected) => Assert.Equal(expected, DataFiles.Refused(() => Read(text, ["x"])));

    [Theory]
    [InlineData("1\n\n3\n", "row 2 is an empty line, for which there is no prediction; take it out")]
    [InlineData("\n3\n", "row 1 is an empty line, for which there is no prediction; take it out")]
    [InlineData("1\n2,3\n", "row 2 has 2 columns, the first row 1")]
    public void Read_NoHeaderAndNoRow_IsNamed(string text, string expected)
        => Assert.Equal(expected, DataFiles.Refused(() => Read(text, ["x"], hasHeader: false)));

    [Fact]
    public void Read_HeaderOnly_HasNoRows() => Assert.Empty(Read("x\n", ["x"]));

    [Fact]
    public void Read_FeaturesThatAreNumbers_AreFoundByName() => Assert.Equal([[2f, 1f]], Read("1,0\n1,2\n", ["0", "1"]));

    /// <summary>Names of a header that look like those of places, in another order: with no header they are in the model's order.</summary>
    [Theory]
    [InlineData("c2,c1", 1, 2)]
    [InlineData("c1,c2", 1, 2)]
    [InlineData("c2,c3", 1, 2)]
    [InlineData("c1,c1", 1, 2)]
    public void Read_NoHeader_IsByPlaceOnlyWherePlacesRise(string features, float first, float second)
        => Assert.Equal([[first, second]], Read("1,2\n", features.Split(','), hasHeader: false));

    [Fact]
    public void Read_NoHeaderAndTheLabelInTheFile_PassesOverIt() => Assert.Equal([[2f, 3f]], Read("1,2,3\n", ["c2", "c3"], hasHeader: false));

    private static List<float[]> Read(string text, string[] features, bool hasHeader = true)
    {
        using var rows = FeatureRows.Open(DataFiles.Of(text), features, 1 << 20, hasHeader);
        var read = new List<float[]>();
        var row = new float[features.Length];
        while (rows.Read(row)) read.Add([.. row]);
        return read;
    }
}
