using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Models.Parameters;

namespace Cluster.Models.Linear;

/// <summary>Linear regression, one dense layer with one output: loss (w·x + b - y)², gradient 2(w·x + b - y)·(x, 1).</summary>
/// <remarks>Parameters: <c>w</c> of one element a feature, then <c>b</c>.</remarks>
public sealed class LinearRegression : IHostModel
{
    /// <summary>Largest number of features.</summary>
    public const int MaxFeatures = 1 << 20;

    /// <summary>Start of <c>w</c> and of <c>b</c> in TensorFlow's example.</summary>
    public const float ExampleWeight = -1, ExampleBias = -2;

    private readonly float _startWeight;
    private readonly float _startBias;

    /// <param name="features">Features of an example, 1 to <see cref="MaxFeatures"/>.</param>
    /// <param name="startWeight">Start of every weight, finite.</param>
    /// <param name="startBias">Start of the bias, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public LinearRegression(int features, float startWeight = 0, float startBias = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(features, MaxFeatures);
        _startWeight = Finite(startWeight, nameof(startWeight));
        _startBias = Finite(startBias, nameof(startBias));
        Features = features;
        Layout = new ParameterLayout(("w", [features]), ("b", [1]));
    }

    public string Name => "linear";

    public int Features { get; }

    public ParameterLayout Layout { get; }

    public IReadOnlyList<Metric> Metrics { get; } = [Metric.Loss, Metric.Rmse];

    /// <inheritdoc/>
    /// <remarks>The problem is convex: the start is constant and the seed plays no part.</remarks>
    public void Initialise(ulong seed, int first, Span<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Layout.Length - parameters.Length);
        parameters.Fill(_startWeight);
        if (!parameters.IsEmpty && first + parameters.Length == Layout.Length)
            parameters[^1] = _startBias;
    }

    public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum)
    {
        Check(parameters, batch);
        if (sum.Length != Layout.Length)
            throw new ArgumentException($"The gradient has {sum.Length} elements, the model {Layout.Length}.", nameof(sum));
        return LinearGradientKernel.Sum(parameters, batch.Features, batch.Labels, sum);
    }

    public double Loss(ReadOnlySpan<float> parameters, Batch batch)
    {
        Check(parameters, batch);
        double loss = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            var x = batch.Row(row);
            var residual = (double)parameters[^1] - batch.Labels[row];
            for (var i = 0; i < x.Length; i++)
                residual += (double)parameters[i] * x[i];
            loss += residual * residual;
        }

        return loss;
    }

    public void Evaluate(ReadOnlySpan<float> parameters, Batch batch, Span<double> sums)
    {
        if (sums.Length != Metrics.Count)
            throw new ArgumentException($"There are {sums.Length} sums, the model has {Metrics.Count} metrics.", nameof(sums));
        var loss = Loss(parameters, batch);
        sums[0] += loss;
        sums[1] += loss;
    }

    public void Predict(ReadOnlySpan<float> parameters, Batch batch, Span<float> outputs)
    {
        Check(parameters, batch);
        if (outputs.Length != batch.Count)
            throw new ArgumentException($"There is room for {outputs.Length} numbers, {batch.Count} predictions have one each.", nameof(outputs));
        for (var row = 0; row < batch.Count; row++)
            outputs[row] = (float)Predict(parameters, batch.Row(row));
    }

    private static double Predict(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x)
    {
        double y = parameters[^1];
        for (var i = 0; i < x.Length; i++)
            y += (double)parameters[i] * x[i];
        return y;
    }

    private void Check(ReadOnlySpan<float> parameters, Batch batch)
    {
        if (parameters.Length != Layout.Length)
            throw new ArgumentException($"There are {parameters.Length} parameters, the model has {Layout.Length}.", nameof(parameters));
        if (batch.FeatureCount != Features)
            throw new ArgumentException($"The batch has {batch.FeatureCount} features, the model {Features}.", nameof(batch));
    }

    private static float Finite(float value, string name) =>
        float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The start must be finite.");
}
