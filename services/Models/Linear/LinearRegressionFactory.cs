using Cluster.Contracts.Jobs;

namespace Cluster.Models.Linear;

/// <summary>Linear regression for a spec: the example starts where TensorFlow's does, everything else at 0.</summary>
public sealed class LinearRegressionFactory : IModelFactory
{
    public string Name => TrainingNames.Linear;

    public IModel Create(TrainingSpec spec, int features, long rows)
    {
        var isExample = spec.Data is null;
        return new LinearRegression(
            features,
            spec.StartWeight ?? (isExample ? LinearRegression.ExampleWeight : 0),
            spec.StartBias ?? (isExample ? LinearRegression.ExampleBias : 0));
    }
}
