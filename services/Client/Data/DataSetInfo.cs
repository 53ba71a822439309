namespace Cluster.Client.Data;

/// <summary>A data set that the cluster holds.</summary>
/// <param name="Id">What training specs name: <c>data-…</c>.</param>
/// <param name="Features">Names of the features in order.</param>
/// <param name="Label">Name of the label.</param>
/// <param name="Rows">Examples.</param>
/// <param name="Fingerprint">SHA-256 of columns and values, lower-case hexadecimal: the same content gives the same.</param>
public sealed record DataSetInfo(string Id, IReadOnlyList<string> Features, string Label, long Rows, string Fingerprint);
