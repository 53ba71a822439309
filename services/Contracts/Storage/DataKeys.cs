using System.Globalization;

namespace Cluster.Contracts.Storage;

/// <summary>
/// Keys of data sets in Redis; those of one data set carry its id as hash tag. Written with a time to live, which every
/// job that uses the data set prolongs.
/// <code>
/// cluster:data:{ID}      string  JSON, written last: label, features (names), rows, chunkRows, fingerprint
/// cluster:data:{ID}:I    string  chunk I: see DataChunk
/// </code>
/// </summary>
public static class DataKeys
{
    public static string Manifest(string id) => $"cluster:data:{{{id}}}";

    public static string Chunk(string id, long chunk) => string.Create(CultureInfo.InvariantCulture, $"{Manifest(id)}:{chunk}");
}
