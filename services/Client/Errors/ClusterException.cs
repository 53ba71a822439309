namespace Cluster.Client.Errors;

/// <summary>Anything that a cluster refused or could not do. The message is one line, fit to be shown to a user.</summary>
public class ClusterException : Exception
{
    public ClusterException(string message)
        : base(message)
    {
    }

    public ClusterException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
