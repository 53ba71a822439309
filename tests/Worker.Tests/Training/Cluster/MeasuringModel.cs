using System.Diagnostics;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Parameters;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>The example's model, which notes what the process has allocated and the time, once in a while.</summary>
internal sealed class MeasuringModelFactory(int every) : IModelFactory
{
    public const string ModelName = "measuring";

    private readonly long[] _bytes = new long[256];
    private readonly long[] _times = new long[256];
    private int _calls;
    private int _samples;

    public string Name => ModelName;

    /// <summary>Bytes that the process allocated in each stretch, by gradient, the least of them.</summary>
    public long LeastBytesPerGradient => Enumerable.Range(1, _samples - 1).Min(i => (_bytes[i] - _bytes[i - 1]) / every);

    public double MedianGradientsPerSecond =>
        Enumerable.Range(1, _samples - 1).Select(i => every / Stopwatch.GetElapsedTime(_times[i - 1], _times[i]).TotalSeconds).Order()
        .ElementAt((_samples - 1) / 2);

    public IModel Create(TrainingSpec spec, int features, long rows) =>
        new MeasuringModel(this, new LinearRegression(features, LinearRegression.ExampleWeight, LinearRegression.ExampleBias));

    private void Note()
    {
        if (_calls++ % every != 0 || _samples == _bytes.Length) return;
        (_bytes[_samples], _times[_samples]) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        _samples++;
    }

    private sealed class MeasuringModel(MeasuringModelFactory factory, LinearRegression inner) : IHostModel
    {
        public string Name => ModelName;

        public int Features => inner.Features;

        public ParameterLayout Layout => inner.Layout;

        public void Initialise(ulong seed, int first, Span<float> parameters) => inner.Initialise(seed, first, parameters);

        public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum)
        {
            factory.Note();
            return inner.Gradient(parameters, batch, sum);
        }

        public double Loss(ReadOnlySpan<float> parameters, Batch batch) => inner.Loss(parameters, batch);
    }
}
