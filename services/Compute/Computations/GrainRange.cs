namespace Cluster.Compute.Computations;

/// <summary>The whole grains [From, To) of a <see cref="GrainSpace"/>.</summary>
public readonly record struct GrainRange(long From, long To);
