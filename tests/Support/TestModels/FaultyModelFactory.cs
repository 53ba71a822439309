using Cluster.Contracts.Jobs;
using Cluster.Models;

namespace Cluster.TestModels;

/// <summary>The faulty model; the spec's start of the bias is the count at which examples begin to fail, 0 by default.</summary>
public sealed class FaultyModelFactory : IModelFactory
{
    public string Name => FaultyModel.ModelName;

    public IModel Create(TrainingSpec spec, int features, long rows)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return features == 1
            ? new FaultyModel(rows, spec.StartBias ?? 0)
            : throw new ArgumentException($"it needs one feature, the data has {features}");
    }
}
