using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Parameters;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>Linear regression whose second batch, and whose evaluation, are not done before a test says so.</summary>
internal sealed class HangingModelFactory(ManualResetEventSlim end) : IModelFactory
{
    public const string ModelName = "hanging";

    public string Name => ModelName;

    public IModel Create(TrainingSpec spec, int features, long rows) => new HangingModel(new LinearRegression(features), end);

    private sealed class HangingModel(LinearRegression inner, ManualResetEventSlim end) : IHostModel
    {
        private int _calls;

        public string Name => ModelName;

        public int Features => inner.Features;

        public ParameterLayout Layout => inner.Layout;

        public void Initialise(ulong seed, int first, Span<float> parameters) => inner.Initialise(seed, first, parameters);

        public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum)
        {
            if (++_calls == 2) end.Wait(TrainingCluster.Limit);
            return inner.Gradient(parameters, batch, sum);
        }

        public double Loss(ReadOnlySpan<float> parameters, Batch batch)
        {
            end.Wait(TrainingCluster.Limit);
            return inner.Loss(parameters, batch);
        }
    }
}
