using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Parameters;

namespace Cluster.Coordinator.Tests.Training;

/// <summary>A model with as many parameters as one likes, parameter i of which starts at i or, as a constant, at 7.</summary>
internal sealed class WideModelFactory(int parameters, bool isConstant = false, GradientScale scale = GradientScale.Mean) : IModelFactory
{
    public const int MaxFeatures = 9;

    public string Name => "wide";

    public IModel Create(TrainingSpec spec, int features, long rows) => features <= MaxFeatures
        ? new WideModel(parameters, isConstant, scale)
        : throw new ArgumentException($"it takes {MaxFeatures} features");

    private sealed class WideModel(int parameters, bool isConstant, GradientScale scale) : IHostModel
    {
        public string Name => "wide";

        public int Features => 1;

        public GradientScale Scale => scale;

        public ParameterLayout Layout { get; } = parameters < 4
            ? new ParameterLayout(("all", [parameters]))
            : new ParameterLayout(("first", [1]), ("middle", [parameters - 3]), ("last", [2]));

        public void Initialise(ulong seed, int first, Span<float> span)
        {
            for (var i = 0; i < span.Length; i++) span[i] = isConstant ? 7 : first + i;
        }

        public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum) => throw new NotSupportedException();

        public double Loss(ReadOnlySpan<float> parameters, Batch batch) => throw new NotSupportedException();
    }
}
