using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Storage;
using Cluster.ServiceDefaults.Redis;
using Cluster.Training.Data;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Persistence.Data;

/// <summary>Data sets in Redis. Keys: <see cref="DataKeys"/>.</summary>
public sealed class RedisDataSets([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis)
{
    private static readonly TimeSpan LoadingTimeToLive = TimeSpan.FromMinutes(10);

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Stores a file chunk by chunk, holding one at a time, and the manifest last. What fails leaves nothing behind.</summary>
    /// <exception cref="DataFormatException">The file cannot be used.</exception>
    public async Task<DataManifest> WriteAsync(string id, CsvData csv, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        long chunks = 0;
        try
        {
            using var fingerprint = new DataFingerprint(csv.Schema);
            (long rows, int chunkRows) = (0, 0);
            foreach (DataChunk chunk in csv.ReadChunks(cancellationToken))
            {
                fingerprint.Add(chunk);
                await SetAsync(DataKeys.Chunk(id, chunks++), chunk.ToBytes(), LoadingTimeToLive, cancellationToken);
                rows += chunk.Rows;
                chunkRows = Math.Max(chunkRows, chunk.Rows);
            }

            var manifest = new DataManifest(csv.Schema.Label, csv.Schema.Features, rows, chunkRows, fingerprint.Finish());
            await ProlongChunksAsync(id, chunks, timeToLive);
            await SetAsync(DataKeys.Manifest(id), JsonSerializer.SerializeToUtf8Bytes(manifest, SpecJson.Options), timeToLive, cancellationToken);
            return manifest;
        }
        catch
        {
            for (long chunk = 0; chunk < chunks; chunk++)
                _ = _database.KeyDeleteAsync(DataKeys.Chunk(id, chunk), CommandFlags.FireAndForget);
            throw;
        }
    }

    /// <summary>Null where there is no such data set.</summary>
    public async Task<DataManifest?> FindAsync(string id, CancellationToken cancellationToken)
    {
        RedisValue json = await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetAsync(DataKeys.Manifest(id)), cancellationToken);
        return json.IsNull ? null : JsonSerializer.Deserialize<DataManifest>((string)json!, SpecJson.Options);
    }

    /// <summary>The whole data set.</summary>
    /// <exception cref="DataFormatException">It is gone or damaged.</exception>
    public async Task<DataSet> LoadAsync(string id, CancellationToken cancellationToken)
    {
        DataManifest manifest = await FindAsync(id, cancellationToken) ?? throw new DataFormatException($"there is no data set '{id}'");
        var chunks = new DataChunk[manifest.Chunks];
        for (long i = 0; i < chunks.Length; i++)
        {
            RedisKey key = DataKeys.Chunk(id, i);
            RedisValue bytes = await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetAsync(key), cancellationToken);
            if (bytes.IsNull) throw new DataFormatException($"chunk {i} of data set '{id}' is not in Redis any more");
            chunks[i] = DataChunk.FromBytes(((ReadOnlyMemory<byte>)bytes).Span);
        }

        var data = new DataSet(manifest.Schema, chunks);
        return DataFingerprint.Of(data) == manifest.Fingerprint
            ? data
            : throw new DataFormatException($"data set '{id}' does not have the fingerprint in its manifest");
    }

    /// <summary>Keeps a data set for this long from now on.</summary>
    public async Task ProlongAsync(string id, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } manifest) return;
        await ProlongChunksAsync(id, manifest.Chunks, timeToLive);
        await _database.KeyExpireAsync(DataKeys.Manifest(id), timeToLive);
    }

    private async Task ProlongChunksAsync(string id, long chunks, TimeSpan timeToLive) =>
        await Task.WhenAll(Enumerable.Range(0, (int)chunks).Select(i => _database.KeyExpireAsync(DataKeys.Chunk(id, i), timeToLive)));

    private async Task SetAsync(RedisKey key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringSetAsync(key, value, timeToLive), cancellationToken);
}
