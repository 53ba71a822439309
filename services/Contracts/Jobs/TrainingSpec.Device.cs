namespace Cluster.Contracts.Jobs;

/// <remarks>Where the lanes are computed. It does not change the bits, so a job that goes on with a checkpoint may say otherwise.</remarks>
public sealed partial record TrainingSpec
{
    /// <summary>
    /// Device spec that lanes and evaluations are placed on; null for GPUs that can train the model where there are live
    /// ones, else CPUs.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>Run on CPUs where no live device matches, instead of waiting for one.</summary>
    public bool SoftPlacement { get; init; }
}
