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
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>How long Redis keeps the chunks of a data set whose writer died before the end; a live writer renews it.</summary>
    internal TimeSpan LoadingTimeToLive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Stores a file chunk by chunk, holding one at a time, and the manifest last. What fails leaves nothing behind.</summary>
    /// <param name="id">Of the new data set.</param>
    /// <param name="csv">Read on a thread of its own, so that it may block; on cancellation it has to end or to throw.</param>
    /// <param name="options">The label, and how much is read at most.</param>
    /// <param name="timeToLive">How long Redis keeps the data set; see <see cref="ProlongAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DataFormatException">The file cannot be used.</exception>
    public Task<DataManifest> WriteAsync(string id, Stream csv, CsvOptions options, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        new DataSetWriter(_database, id, LoadingTimeToLive).WriteAsync(csv, options, timeToLive, cancellationToken);

    /// <summary>Null where there is no such data set.</summary>
    /// <exception cref="DataFormatException">Its manifest is damaged.</exception>
    public async Task<DataManifest?> FindAsync(string id, CancellationToken cancellationToken)
    {
        RedisValue json = await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetAsync(DataKeys.Manifest(id)), cancellationToken);
        return json.IsNull ? null : ReadManifest(id, json);
    }

    /// <summary>The whole data set.</summary>
    /// <exception cref="DataFormatException">It is gone or damaged.</exception>
    public async Task<DataSet> LoadAsync(string id, CancellationToken cancellationToken)
    {
        DataManifest manifest = await FindAsync(id, cancellationToken) ?? throw new DataFormatException($"there is no data set '{id}'");
        var chunks = new DataChunk[manifest.Chunks];
        for (long i = 0; i < chunks.Length; i++)
            chunks[i] = await LoadChunkAsync(id, i, cancellationToken);
        var data = new DataSet(manifest.Schema, chunks);
        return DataFingerprint.Of(data) == manifest.Fingerprint
            ? data
            : throw new DataFormatException($"data set '{id}' does not have the fingerprint in its manifest");
    }

    /// <summary>Keeps a data set for this long from now on.</summary>
    /// <returns>False where it, or a part of it, is gone.</returns>
    public async Task<bool> ProlongAsync(string id, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } manifest) return false;
        RedisKey[] keys = DataSetKeys.All(id, manifest.Chunks);
        return await RedisRetry.Pipeline.ExecuteAsync(async _ => await DataSetKeys.ExpireAsync(_database, keys, timeToLive), cancellationToken);
    }

    private async Task<DataChunk> LoadChunkAsync(string id, long chunk, CancellationToken cancellationToken)
    {
        RedisKey key = DataKeys.Chunk(id, chunk);
        RedisValue bytes = await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetAsync(key), cancellationToken);
        if (bytes.IsNull) throw new DataFormatException($"chunk {chunk} of data set '{id}' is not in Redis any more");
        try
        {
            return DataChunk.FromBytes(((ReadOnlyMemory<byte>)bytes).Span);
        }
        catch (DataFormatException e)
        {
            throw new DataFormatException($"chunk {chunk} of data set '{id}' is damaged: {e.Message}", e);
        }
    }

    private static DataManifest ReadManifest(string id, RedisValue json)
    {
        try
        {
            if (JsonSerializer.Deserialize<DataManifest>((string)json!, SpecJson.Options) is { Rows: > 0, ChunkRows: > 0, Features.Count: > 0, Label: not null } manifest)
                return manifest;
        }
        catch (JsonException e)
        {
            throw new DataFormatException($"the manifest of data set '{id}' is damaged", e);
        }

        throw new DataFormatException($"the manifest of data set '{id}' is damaged");
    }
}
