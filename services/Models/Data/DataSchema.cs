namespace Cluster.Models.Data;

/// <summary>Names of the columns of a data set.</summary>
public sealed class DataSchema
{
    /// <summary>Most columns of a data set, the label included.</summary>
    public const int MaxColumns = 16_384;

    /// <param name="features">Names of the features in order, 1 to <see cref="MaxColumns"/> - 1.</param>
    /// <param name="label">Name of the label.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no feature, or there are too many.</exception>
    public DataSchema(IEnumerable<string> features, string label)
    {
        Features = [.. features];
        Label = label;
        ArgumentOutOfRangeException.ThrowIfLessThan(Features.Count, 1, nameof(features));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Features.Count, MaxColumns - 1, nameof(features));
    }

    public IReadOnlyList<string> Features { get; }

    public string Label { get; }
}
