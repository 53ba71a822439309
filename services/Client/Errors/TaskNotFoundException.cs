namespace Cluster.Client.Errors;

/// <summary>The cluster has no task of this name, or not any more.</summary>
public sealed class TaskNotFoundException(string name, string message, Exception? innerException = null) : ClusterException(message, innerException)
{
    public string Name { get; } = name;
}
