namespace Cluster.Models.Data;

/// <summary>Examples for one gradient, copied together in memory; a buffer to be filled again and again.</summary>
public sealed class Batch
{
    private readonly float[] _features;
    private readonly float[] _labels;

    /// <param name="capacity">Most examples at once, at least 1.</param>
    /// <param name="featureCount">Features of an example, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the values are more than <see cref="Array.MaxLength"/>.</exception>
    public Batch(int capacity, int featureCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)capacity * featureCount, Array.MaxLength, nameof(capacity));
        FeatureCount = featureCount;
        _features = new float[capacity * featureCount];
        _labels = new float[capacity];
    }

    public int Capacity => _labels.Length;

    public int FeatureCount { get; }

    /// <summary>Examples it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>Count × features, row-major.</summary>
    public ReadOnlySpan<float> Features => _features.AsSpan(0, Count * FeatureCount);

    public ReadOnlySpan<float> Labels => _labels.AsSpan(0, Count);

    /// <summary>The features of one example.</summary>
    public ReadOnlySpan<float> Row(int row) => Features.Slice(row * FeatureCount, FeatureCount);

    public void Clear() => Count = 0;

    /// <summary>Copies an example into the batch.</summary>
    /// <param name="features">As the data set has them.</param>
    /// <param name="label">Its label.</param>
    /// <param name="standardiser">Applied to the copy; null for none.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="ArgumentException">The example has another number of features.</exception>
    public void Add(ReadOnlySpan<float> features, float label, Standardiser? standardiser = null)
    {
        if (Count == Capacity)
            throw new InvalidOperationException($"The batch has room for {Capacity} examples.");
        if (features.Length != FeatureCount)
            throw new ArgumentException($"The example has {features.Length} features, the batch {FeatureCount}.", nameof(features));
        var copy = _features.AsSpan(Count * FeatureCount, FeatureCount);
        features.CopyTo(copy);
        standardiser?.Apply(copy);
        _labels[Count++] = label;
    }
}
