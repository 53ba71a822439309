using System.Numerics;
using System.Runtime.InteropServices;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Plans;

namespace Cluster.Models.Data;

/// <summary>Applies a <see cref="Standardisation"/> to features, the same when training and when predicting.</summary>
/// <remarks>
/// x' = (x - m)·s in double precision, with m the mean and s the inverse of the deviation, rounded to float32 once at the
/// end: a mean that is large beside its deviation keeps all its digits. Each operation is rounded by itself, so the vector
/// width does not show in the bits. Immutable and shared by threads.
/// </remarks>
public sealed class Standardiser
{
    private readonly double[] _means;
    private readonly double[] _scales;

    /// <exception cref="ArgumentException">There are not as many means as deviations, or a deviation is not above 0.</exception>
    public Standardiser(Standardisation values)
    {
        if (values.Means.Count != values.Deviations.Count || !values.Deviations.All(deviation => deviation > 0))
            throw new ArgumentException("A standardisation has a mean and a deviation above 0 for each feature.", nameof(values));
        _means = [.. values.Means];
        _scales = [.. values.Deviations.Select(deviation => Math.Min(1 / deviation, double.MaxValue))];
    }

    /// <summary>The standardiser of a job, or null where its features stay as they are.</summary>
    public static Standardiser? Of(TrainingPlan plan)
    {
        return plan.Standardisation is { } values ? new Standardiser(values) : null;
    }

    public int FeatureCount => _means.Length;

    /// <summary>Standardises the features of one example in place.</summary>
    /// <exception cref="ArgumentException">There are more or fewer features.</exception>
    public void Apply(Span<float> features)
    {
        if (features.Length != _means.Length)
            throw new ArgumentException($"The example has {features.Length} features, the standardisation {_means.Length}.", nameof(features));
        var x = MemoryMarshal.Cast<float, Vector<float>>(features);
        ReadOnlySpan<Vector<double>> means = MemoryMarshal.Cast<double, Vector<double>>(_means.AsSpan());
        ReadOnlySpan<Vector<double>> scales = MemoryMarshal.Cast<double, Vector<double>>(_scales.AsSpan());
        for (var i = 0; i < x.Length; i++)
        {
            Vector.Widen(x[i], out var low, out var high);
            x[i] = Vector.Narrow((low - means[2 * i]) * scales[2 * i], (high - means[(2 * i) + 1]) * scales[(2 * i) + 1]);
        }

        for (var i = x.Length * Vector<float>.Count; i < features.Length; i++)
            features[i] = (float)((features[i] - _means[i]) * _scales[i]);
    }
}
