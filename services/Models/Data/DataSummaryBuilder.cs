namespace Cluster.Models.Data;

/// <summary>Summarises the columns of a data set chunk by chunk.</summary>
public sealed class DataSummaryBuilder
{
    /// <summary>Most different labels that are counted as classes.</summary>
    public const int MaxClasses = 1000;

    private readonly DataSchema _schema;
    private readonly float[] _min;
    private readonly float[] _max;
    private readonly double[] _sums;
    private SortedDictionary<float, long>? _classes = [];
    private long _rows;

    public DataSummaryBuilder(DataSchema schema)
    {
        _schema = schema;
        var columns = schema.Features.Count + 1;
        (_min, _max, _sums) = (new float[columns], new float[columns], new double[columns]);
        Array.Fill(_min, float.PositiveInfinity);
        Array.Fill(_max, float.NegativeInfinity);
    }

    /// <summary>The summary of a whole data set.</summary>
    public static DataSummary Of(DataSet data)
    {
        var builder = new DataSummaryBuilder(data.Schema);
        foreach (var chunk in data.Chunks)
            builder.Add(chunk);
        return builder.Build();
    }

    /// <summary>Adds the next rows.</summary>
    public void Add(DataChunk chunk)
    {
        var features = chunk.FeatureCount;
        for (var row = 0; row < chunk.Rows; row++)
        {
            var values = chunk.Features.Slice(row * features, features);
            for (var i = 0; i < features; i++)
                AddValue(i, values[i]);
            AddValue(features, chunk.Labels[row]);
            Count(chunk.Labels[row]);
        }

        _rows += chunk.Rows;
    }

    /// <summary>The summary of what was added, at least one row.</summary>
    public DataSummary Build()
    {
        ColumnSummary[] columns = [.. _schema.Features.Append(_schema.Label).Select((name, i) => new ColumnSummary(name, _min[i], _sums[i] / _rows, _max[i]))];
        return new DataSummary(columns, _classes is null ? null : [.. _classes.Select(pair => new LabelCount(pair.Key, pair.Value))]);
    }

    private void AddValue(int column, float value)
    {
        _min[column] = MathF.Min(_min[column], value);
        _max[column] = MathF.Max(_max[column], value);
        _sums[column] += value;
    }

    private void Count(float label)
    {
        if (_classes is null)
            return;
        _classes[label] = _classes.GetValueOrDefault(label) + 1;
        if (_classes.Count > MaxClasses || label != MathF.Floor(label))
            _classes = null;
    }
}
