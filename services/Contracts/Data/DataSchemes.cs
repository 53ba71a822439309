namespace Cluster.Contracts.Data;

/// <summary>Schemes of sources that the cluster reads by itself.</summary>
public static class DataSchemes
{
    /// <summary>Rows that are computed.</summary>
    public const string Synthetic = "synthetic";

    /// <summary>A file under one of the cluster's data roots.</summary>
    public const string File = "file";

    public const string Http = "http";
    public const string Https = "https";

    public static IReadOnlyList<string> All { get; } = [Synthetic, File, Http, Https];
}
