using System.Globalization;
using System.IO.Compression;
using System.Text;
using Cluster.Testing;

namespace Cluster.Standalone.Tests.Training;

/// <summary>A data set of the examples: every fifth row is for testing.</summary>
internal sealed record ExampleData(double[][] Train, int[] TrainLabels, double[][] Test, int[] TestLabels)
{
    /// <summary>1,797 handwritten digits of 64 pixels from 0 to 1.</summary>
    public static ExampleData Digits { get; } = Read("digits.csv.gz", hasHeader: false, (column, _) => column.Select(value => value / 16));

    /// <summary>569 breast cancers of 30 measures, of mean 0 and variance 1.</summary>
    public static ExampleData BreastCancer { get; } = Read("breast-cancer.csv.gz", hasHeader: true, (column, mean) =>
    {
        var deviation = Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
        return column.Select(value => (value - mean) / deviation);
    });

    public MemoryStream ToCsv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Enumerable.Range(0, Train[0].Length).Select(i => $"x{i}")).Append(",y\n");
        for (var row = 0; row < Train.Length; row++)
            text.AppendJoin(',', Train[row].Select(value => ((float)value).ToString(CultureInfo.InvariantCulture)))
                .Append(CultureInfo.InvariantCulture, $",{TrainLabels[row]}\n");
        return new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static ExampleData Read(string name, bool hasHeader, Func<double[], double, IEnumerable<double>> scale)
    {
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(Path.Combine(Repository.Root, "docs", "examples", "data", name)), CompressionMode.Decompress));
        double[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(hasHeader ? 1 : 0)
            .Select(line => line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())];
        var features = rows[0].Length - 1;
        for (var column = 0; column < features; column++)
        {
            double[] values = [.. rows.Select(row => row[column])];
            double[] scaled = [.. scale(values, values.Average())];
            for (var row = 0; row < rows.Length; row++) rows[row][column] = scaled[row];
        }

        double[][] train = [.. rows.Where((_, row) => row % 5 != 4)], test = [.. rows.Where((_, row) => row % 5 == 4)];
        return new ExampleData([.. train.Select(row => row[..features])], [.. train.Select(row => (int)row[features])],
            [.. test.Select(row => row[..features])], [.. test.Select(row => (int)row[features])]);
    }
}
