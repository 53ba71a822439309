namespace Cluster.Storage.Snapshots;

/// <summary>A snapshot that is gone, or is not what its key says.</summary>
public sealed class SnapshotUnreadableException : Exception
{
    public SnapshotUnreadableException()
    {
    }

    public SnapshotUnreadableException(string message) : base(message)
    {
    }

    public SnapshotUnreadableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
