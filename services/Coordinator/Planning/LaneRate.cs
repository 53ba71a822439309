using System.Globalization;
using Cluster.Contracts.Jobs;

namespace Cluster.Coordinator.Planning;

/// <summary>What a learning rate means where each lane's gradient is applied by itself.</summary>
internal static class LaneRate
{
    /// <summary>Why a rate may be too large, and which one to try; null where that cannot be the reason.</summary>
    public static string? Advice(TrainingSpec spec) => spec.Mode == TrainingNames.Sync || spec.Lanes == 1
        ? null
        : string.Create(CultureInfo.InvariantCulture,
            $"mode {spec.Mode} applies the gradient of each of {spec.Lanes} lanes at the full learning rate, up to {spec.Lanes} times what mode sync does; "
            + $"try --learning-rate {(double)spec.LearningRate / spec.Lanes:G2}");
}
