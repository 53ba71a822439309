using StackExchange.Redis;

namespace Cluster.Storage.Data;

/// <summary>All keys of a data set at once.</summary>
internal static class DataSetKeys
{
    /// <summary>Its chunks, its summary, and last its record.</summary>
    public static RedisKey[] All(string id, long chunks) => [.. Chunks(id, chunks), DataKeys.Summary(id), DataKeys.Record(id)];

    public static IEnumerable<RedisKey> Chunks(string id, long chunks)
    {
        for (long chunk = 0; chunk < chunks; chunk++)
            yield return DataKeys.Chunk(id, chunk);
    }

    /// <summary>Gives keys a time to live from now on, or none for null; false where one of them is not there.</summary>
    public static async Task<bool> KeepAsync(IDatabase database, IEnumerable<RedisKey> keys, TimeSpan? timeToLive)
    {
        RedisKey[] all = [.. keys];
        if (timeToLive is not null)
            return Array.TrueForAll(await Task.WhenAll(all.Select(key => database.KeyExpireAsync(key, timeToLive))), isThere => isThere);
        await Task.WhenAll(all.Select(key => database.KeyPersistAsync(key)));
        return Array.TrueForAll(await Task.WhenAll(all.Select(key => database.KeyExistsAsync(key))), isThere => isThere);
    }
}
