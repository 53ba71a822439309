namespace Cluster.Client.Data;

/// <summary>How far the cluster is in reading a source.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="TotalRows">All rows; null where the source does not say.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="TotalBytes">All bytes; null where the source does not say, or has none.</param>
public readonly record struct DataLoadProgress(long Rows, long? TotalRows, long Bytes, long? TotalBytes)
{
    /// <summary>From 0 to 1; null where nobody knows.</summary>
    public double? Fraction => (TotalRows, TotalBytes) switch
    {
        ({ } rows, _) => (double)Rows / rows,
        (_, { } bytes) => (double)Bytes / bytes,
        _ => null,
    };
}
