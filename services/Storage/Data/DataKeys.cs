using System.Globalization;

namespace Cluster.Storage.Data;

/// <summary>
/// Keys of data sets in Redis; those of one data set carry its id as hash tag. Written with a time to live, which every
/// job that uses the data set prolongs; one that has a name is kept until it is removed.
/// <code>
/// cluster:data:{ID}          string  JSON, written last: label, features (names), rows, chunkRows, fingerprint, name, source,
///                                    added; shared: how workers read it, where the rows are not here
/// cluster:data:{ID}:summary  string  JSON: min, mean and max of each column, classes of the label
/// cluster:data:{ID}:I        string  chunk I: see DataChunk
/// cluster:data:names         hash    name → id
/// </code>
/// </summary>
public static class DataKeys
{
    public const string Names = "cluster:data:names";

    public static string Record(string id) => $"cluster:data:{{{id}}}";

    public static string Summary(string id) => $"{Record(id)}:summary";

    public static string Chunk(string id, long chunk) => string.Create(CultureInfo.InvariantCulture, $"{Record(id)}:{chunk}");
}
