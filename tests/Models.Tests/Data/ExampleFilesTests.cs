using Cluster.Contracts.Data;
using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

/// <summary>The real data of the examples, against what UCI publishes of it.</summary>
public sealed class ExampleFilesTests
{
    [Fact]
    public void Digits_File_HasThePublishedCounts()
    {
        var summary = Summary("digits.csv.gz", new DataImport { Source = "digits", Label = "65", HasHeader = false });

        Assert.Equal(65, summary.Columns.Count);
        Assert.Equal("c65", summary.Columns[^1].Name);
        Assert.All(summary.Columns.SkipLast(1), column => Assert.InRange(column.Max, column.Min, 16));
        Assert.Equal([178L, 182, 177, 183, 181, 182, 181, 179, 174, 180], summary.Classes!.Select(count => count.Rows));
        Assert.Equal(Enumerable.Range(0, 10).Select(digit => (float)digit), summary.Classes!.Select(count => count.Label));
    }

    [Fact]
    public void BreastCancer_File_HasThePublishedCountsAndRanges()
    {
        var summary = Summary("breast-cancer.csv.gz", new DataImport { Source = "breast-cancer", Label = "benign" });

        Assert.Equal(31, summary.Columns.Count);
        Assert.Equal([212L, 357], summary.Classes!.Select(count => count.Rows));
        Assert.Equal(("radius_mean", 6.981f, 28.11f), (summary.Columns[0].Name, summary.Columns[0].Min, summary.Columns[0].Max));
        Assert.Equal(("perimeter_mean", 43.79f, 188.5f), (summary.Columns[2].Name, summary.Columns[2].Min, summary.Columns[2].Max));
    }

    private static DataSummary Summary(string name, DataImport import)
    {
        using var file = DataFiles.Example(name);
        using var reader = RowReaders.Open(import, file, labels: null, new DataLimits());
        return DataSummaryBuilder.Of(reader.ReadAll(TestContext.Current.CancellationToken));
    }
}
