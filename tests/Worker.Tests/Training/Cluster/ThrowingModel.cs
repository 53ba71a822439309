using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Parameters;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>Linear regression that does not get over one batch.</summary>
internal sealed class ThrowingModelFactory : IModelFactory
{
    public const string ModelName = "throwing";

    public string Name => ModelName;

    public IModel Create(TrainingSpec spec, int features, long rows) => new ThrowingModel(new LinearRegression(features));

    private sealed class ThrowingModel(LinearRegression inner) : IHostModel
    {
        private int _calls;

        public string Name => ModelName;

        public int Features => inner.Features;

        public ParameterLayout Layout => inner.Layout;

        public void Initialise(ulong seed, int first, Span<float> parameters) => inner.Initialise(seed, first, parameters);

        public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum) =>
            ++_calls == 6 ? throw new InvalidOperationException("the sixth\nbatch") : inner.Gradient(parameters, batch, sum);

        public double Loss(ReadOnlySpan<float> parameters, Batch batch) => throw new InvalidOperationException("no loss");
    }
}
