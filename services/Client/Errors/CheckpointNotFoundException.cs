namespace Cluster.Client.Errors;

/// <summary>The cluster has no checkpoint of this name, or not any more.</summary>
public sealed class CheckpointNotFoundException(string id, Exception? innerException = null)
    : ClusterException($"there is no checkpoint {id}", innerException)
{
    public string Id { get; } = id;
}
