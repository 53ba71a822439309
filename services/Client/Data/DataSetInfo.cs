namespace Cluster.Client.Data;

/// <summary>A data set that the cluster holds.</summary>
/// <param name="Id">What training specs name: <c>data-…</c>.</param>
/// <param name="Features">Names of the features in order.</param>
/// <param name="Label">Name of the label.</param>
/// <param name="Rows">Examples.</param>
/// <param name="Fingerprint">SHA-256 of columns and values, lower-case hexadecimal: the same content gives the same.</param>
public sealed record DataSetInfo(string Id, IReadOnlyList<string> Features, string Label, long Rows, string Fingerprint)
{
    /// <summary>The name under which specs find it too; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Where it came from: a URI, or the name of a file that was sent.</summary>
    public string Source { get; init; } = "";

    /// <summary>Workers read the source themselves.</summary>
    public bool IsShared { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset Added { get; init; }
}
