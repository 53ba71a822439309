using Cluster.Contracts.Storage;
using StackExchange.Redis;

namespace Cluster.Persistence.Data;

/// <summary>All keys of a data set at once.</summary>
internal static class DataSetKeys
{
    /// <summary>Its chunks, and last its manifest.</summary>
    public static RedisKey[] All(string id, long chunks) => [.. Chunks(id, chunks), DataKeys.Manifest(id)];

    public static IEnumerable<RedisKey> Chunks(string id, long chunks)
    {
        for (long chunk = 0; chunk < chunks; chunk++)
            yield return DataKeys.Chunk(id, chunk);
    }

    /// <summary>Gives keys a time to live from now on; false where one of them is not there.</summary>
    public static async Task<bool> ExpireAsync(IDatabase database, IEnumerable<RedisKey> keys, TimeSpan timeToLive) =>
        Array.TrueForAll(await Task.WhenAll(keys.Select(key => database.KeyExpireAsync(key, timeToLive))), isThere => isThere);
}
