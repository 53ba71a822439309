namespace Cluster.Contracts.Jobs;

/// <summary>What each feature is shifted and scaled by: x' = (x - mean) / deviation.</summary>
/// <param name="Means">Mean of each feature over the training rows.</param>
/// <param name="Deviations">Standard deviation of each (of the population, divided by n); 1 for a feature that is constant.</param>
public sealed record Standardisation(IReadOnlyList<double> Means, IReadOnlyList<double> Deviations);
