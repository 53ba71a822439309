namespace Cluster.Compute.Computations;

/// <summary>The indices [From, To) of a computation's index space.</summary>
public readonly record struct IndexRange(long From, long To);
