namespace Cluster.Client.Errors;

/// <summary>There is no data set of that id or name.</summary>
public sealed class DataNotFoundException(string data, Exception? innerException = null)
    : ClusterException($"there is no data set '{data}'", innerException)
{
    /// <summary>The id or name.</summary>
    public string DataSet { get; } = data;
}
