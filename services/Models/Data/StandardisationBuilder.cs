using Cluster.Contracts.Jobs;

namespace Cluster.Models.Data;

/// <summary>Mean and standard deviation of each feature over the training rows, in one pass over the rows in order.</summary>
/// <remarks>
/// Welford's recurrence (1962) in double precision: m += (x - m)/n, q += (x - m_old)(x - m); deviation √(q/n). The order is
/// that of the rows, so the bits depend neither on chunks nor on who computes.
/// </remarks>
public sealed class StandardisationBuilder(DataSplit split, int featureCount)
{
    private readonly double[] _means = new double[featureCount];
    private readonly double[] _squares = new double[featureCount];
    private long _count;

    /// <summary>The statistics of a whole data set.</summary>
    public static Standardisation Of(DataSet data, DataSplit split)
    {
        var builder = new StandardisationBuilder(split, data.FeatureCount);
        foreach (var chunk in data.Chunks)
            builder.Add(chunk);
        return builder.Build();
    }

    /// <summary>Adds the next rows of the data set; those held out are passed over.</summary>
    public void Add(DataChunk chunk)
    {
        for (var row = 0; row < chunk.Rows; row++)
        {
            if (!split.IsTest(chunk.FirstRow + row))
                Add(chunk.Features.Slice(row * featureCount, featureCount));
        }
    }

    public Standardisation Build()
    {
        var deviations = new double[featureCount];
        for (var i = 0; i < featureCount; i++)
        {
            var deviation = Math.Sqrt(_squares[i] / _count);
            deviations[i] = deviation > 0 ? deviation : 1;
        }

        return new Standardisation(_means, deviations);
    }

    private void Add(ReadOnlySpan<float> features)
    {
        _count++;
        for (var i = 0; i < features.Length; i++)
        {
            var difference = features[i] - _means[i];
            _means[i] += difference / _count;
            _squares[i] += difference * (features[i] - _means[i]);
        }
    }
}
