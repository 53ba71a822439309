using System.Text;
using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

internal static class DataSets
{
    /// <summary>Row i has the label i and features that name row and column.</summary>
    public static DataSet Numbered(int rows, int features, int chunkRows = int.MaxValue)
    {
        var chunks = new List<DataChunk>();
        for (var first = 0; first < rows; first += Math.Min(chunkRows, rows - first))
        {
            var count = Math.Min(chunkRows, rows - first);
            var x = new float[count * features];
            var y = new float[count];
            for (var i = 0; i < count; i++)
            {
                y[i] = first + i;
                for (var j = 0; j < features; j++)
                    x[(i * features) + j] = ((first + i) * 16) + j;
            }

            chunks.Add(new DataChunk(first, features, x, y));
        }

        return new DataSet(Schema(features), chunks);
    }

    /// <summary>Features and labels normally distributed.</summary>
    public static DataSet Normal(int rows, int features, ulong seed)
    {
        var x = new float[rows * features];
        var y = new float[rows];
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)PhiloxNormal.At(seed, (ulong)i);
        for (var i = 0; i < rows; i++)
            y[i] = (float)PhiloxNormal.At(~seed, (ulong)i);
        return new DataSet(Schema(features), [new DataChunk(0, features, x, y)]);
    }

    public static Batch BatchOf(DataSet data)
    {
        var batch = new Batch((int)data.Rows, data.FeatureCount);
        for (long row = 0; row < data.Rows; row++)
            batch.Add(data.Features(row), data.Label(row));
        return batch;
    }

    public static DataSchema Schema(int features) => new(Enumerable.Range(0, features).Select(i => $"x{i}"), "y");

    public static MemoryStream Csv(string text) => new(Encoding.UTF8.GetBytes(text));
}
