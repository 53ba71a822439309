using Cluster.Models.Safetensors;

namespace Cluster.Storage.Checkpoints;

/// <summary>Where a tensor of a file belongs: to which vector, from which parameter on.</summary>
public sealed record TensorPlace(SafetensorsTensor Tensor, int Vector, int First);
