using Cluster.Contracts.Jobs;

namespace Cluster.TestModels;

/// <summary>Jobs of the counting model, with small batches on many lanes.</summary>
public static class CountingSpec
{
    /// <summary>Clocks, in mode ssp.</summary>
    public const int Staleness = 2;

    /// <param name="data">Rows (id, label), the label being the milliseconds that a batch takes.</param>
    /// <param name="label">Name of the label.</param>
    /// <param name="mode">One of <see cref="TrainingNames.Modes"/>.</param>
    /// <param name="epochs">What each count must come to.</param>
    public static TrainingSpec Of(string data, string label, string mode, int epochs) => new()
    {
        Model = CountingModel.ModelName,
        Data = data,
        Label = label,
        Mode = mode,
        Lanes = 8,
        Batch = 4,
        Epochs = epochs,
        LearningRate = 1,
        Staleness = mode == TrainingNames.Ssp ? Staleness : 0,
    };
}
