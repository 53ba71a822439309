using System.Globalization;
using System.Text;
using Cluster.Models.Data;

namespace Cluster.EndToEnd.Training;

/// <summary>Data sets as CSV text.</summary>
internal static class TestData
{
    /// <summary>Three features a, b, c and the label y, near a plane; every value is a small multiple of 1/64, and so exact as text.</summary>
    public static string Plane { get; } = Csv(["a", "b", "c", "y"], 149, row =>
    {
        var (a, b, c) = (Spread(row, 37), Spread(row, 59), Spread(row, 71));
        return [a, b, c, (2 * a) - b + (c / 2) + 0.25f + (Spread(row, 83) / 8)];
    });

    public static string Csv(string[] names, int rows, Func<int, float[]> row)
    {
        var csv = new StringBuilder().AppendJoin(',', names).Append('\n');
        for (var i = 0; i < rows; i++)
            csv.AppendJoin(',', row(i).Select(value => value.ToString(CultureInfo.InvariantCulture))).Append('\n');
        return csv.ToString();
    }

    public static DataSet Load(string csv, string label)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return CsvData.Load(stream, new CsvOptions { Label = label });
    }

    // From -1 to 1, in an order of its own for each factor.
    private static float Spread(int row, int factor) => ((row * factor % 129) - 64) / 64f;
}
