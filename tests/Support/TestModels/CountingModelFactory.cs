using Cluster.Contracts.Jobs;
using Cluster.Models;

namespace Cluster.TestModels;

/// <summary>The counting model for a data set of one feature.</summary>
public sealed class CountingModelFactory : IModelFactory
{
    public string Name => CountingModel.ModelName;

    public IModel Create(TrainingSpec spec, int features, long rows) => features == 1
        ? new CountingModel(rows)
        : throw new ArgumentException($"it needs one feature, the data has {features}");
}
