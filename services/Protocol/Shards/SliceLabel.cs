using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Shards;

/// <summary>What a slice of parameters is: the generation that served it and the number of steps applied to it.</summary>
public readonly record struct SliceLabel(Generation Generation, long Version);
