namespace Cluster.Protocol.Commits;

/// <summary>Names one holder of the coordinator's lease; compared for equality, since a store that lost its last second may hand out a counter twice.</summary>
public readonly record struct CoordinatorToken(long Counter, ulong Random);
