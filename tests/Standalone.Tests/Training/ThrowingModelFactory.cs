using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Parameters;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Linear regression that throws at each batch with the leftmost point of the line in it.</summary>
internal sealed class ThrowingModelFactory : IModelFactory
{
    public const string ModelName = "throwing";

    /// <summary>Row 0 of the example, alone.</summary>
    public const float Poison = -1;

    public string Name => ModelName;

    public IModel Create(TrainingSpec spec, int features, long rows) => new ThrowingModel(new LinearRegression(features));

    private sealed class ThrowingModel(LinearRegression inner) : IHostModel
    {
        public string Name => ModelName;

        public int Features => inner.Features;

        public ParameterLayout Layout => inner.Layout;

        public void Initialise(ulong seed, int first, Span<float> parameters) => inner.Initialise(seed, first, parameters);

        public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum) =>
            batch.Features.Contains(Poison) ? throw new InvalidOperationException("planted") : inner.Gradient(parameters, batch, sum);

        public double Loss(ReadOnlySpan<float> parameters, Batch batch) => inner.Loss(parameters, batch);
    }
}
