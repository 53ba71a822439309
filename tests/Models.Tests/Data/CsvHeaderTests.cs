using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

/// <summary>What is a name and what is a number, and what is a record.</summary>
public sealed class CsvHeaderTests
{
    private const string Advice = "; say --no-header if the file has no header, else give the columns other names";

    [Theory]
    [InlineData("5.1,3.5,1.4,0.2,0\n4.9,3.0,1.3,0.1,0\n", "5", "'5.1', '3.5', '1.4' and 2 more")]
    [InlineData("0,1\n1,2\n", "1", "'0', '1'")]
    [InlineData("\"1\",\"2\"\n1,2\n", "2", "'1', '2'")]
    [InlineData("5.1,?,NA,0\n1,2,3,4\n", "4", "'5.1', '?', 'NA' and 1 more")]
    [InlineData("5.1,,NaN\n1,2,3\n", "1", "'5.1', '', 'NaN'")]
    [InlineData(" 1 ,-2e3\n1,2\n", "1", "' 1 ', '-2e3'")]
    public void Load_HeaderOfNumbers_NamesNoHeader(string text, string label, string shown)
        => Assert.Equal($"row 1 has numbers and no names: {shown}{Advice}", Refused(text, label));

    [Fact]
    public void Load_SameFileWithNoHeader_HasEveryRow()
    {
        var data = CsvData.Load(
            DataFiles.Of("5.1,3.5,1.4,0.2,0\n4.9,3.0,1.3,0.1,0\n"), new CsvOptions { Label = "5", HasHeader = false }, TestContext.Current.CancellationToken);

        Assert.Equal(2, data.Rows);
        Assert.Equal(5.1f, data.Features(0)[0]);
    }

    [Theory]
    [InlineData("NA,none\n1,2\n", "NA")]
    [InlineData("2019,y\n1,2\n", "y")]
    [InlineData("0,1,y\n1,2,3\n", "3")]
    public void Load_HeaderWithAName_IsAHeader(string text, string label)
        => Assert.Equal(1, CsvData.Load(DataFiles.Of(text), new CsvOptions { Label = label }, TestContext.Current.CancellationToken).Rows);

    [Theory]
    [InlineData("x,1\n1,2\n", "1", "the label '1' is the name of column 2 and the number of column 1, 'x'")]
    [InlineData("3,x,y\n1,2,3\n", "3", "the label '3' is the name of column 1 and the number of column 3, 'y'")]
    public void Load_LabelThatIsANameAndANumber_IsRefused(string text, string label, string expected)
        => Assert.Equal($"{expected}; say that column's name, or give the other one a name that is no number", Refused(text, label));

    [Theory]
    [InlineData("x,2\n1,5\n", "2")]
    [InlineData("7,x\n5,1\n", "7")]
    public void Load_LabelThatIsANameOrTheSameColumn_IsTaken(string text, string label)
        => Assert.Equal(5f, CsvData.Load(DataFiles.Of(text), new CsvOptions { Label = label }, TestContext.Current.CancellationToken).Label(0));

    [Theory]
    [InlineData("x,y\n1,2\n3,4\n", "2\0", "there is no column '2\\u0000' for the label; the columns are 'x', 'y'")]
    [InlineData("x,y\n1,2\n\"\"\n3,4\n", "y", "row 3 has 1 columns, the header 2")]
    [InlineData("x,y\n1,2\n  \n3,4\n", "y", "row 3 has 1 columns, the header 2")]
    [InlineData("x,y\n1,2\n\"\"", "y", "row 3 has 1 columns, the header 2")]
    [InlineData("\"\"\nx,y\n1,2\n", "y", "row 1, column 1: the column has no name")]
    public void Load_RecordThatIsNoRow_IsNamed(string text, string label, string expected) => Assert.Equal(expected, Refused(text, label));

    private static string Refused(string text, string label)
        => DataFiles.Refused(() => CsvData.Load(DataFiles.Of(text), new CsvOptions { Label = label }, TestContext.Current.CancellationToken));
}
