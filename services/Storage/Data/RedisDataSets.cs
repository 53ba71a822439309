using System.Runtime.CompilerServices;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Sources;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Storage.Data;

/// <summary>Data sets in Redis. Keys: <see cref="DataKeys"/>.</summary>
/// <param name="redis">For large values.</param>
/// <param name="sources">Opens rows that stayed where they are; null where there are none.</param>
public sealed class RedisDataSets([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, DataSources? sources = null)
{
    private readonly IDatabase _database = redis.GetDatabase();
    private readonly DataNames _names = new(redis.GetDatabase());

    /// <summary>How long Redis keeps the chunks of a data set whose writer died before the end; a live writer renews it.</summary>
    internal TimeSpan LoadingTimeToLive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Stores a source chunk by chunk, holding one at a time, then the record, and last the name. What fails leaves nothing behind.</summary>
    /// <param name="set">The new data set.</param>
    /// <param name="open">Opens the source, on a thread of its own, so that it may block; on cancellation reading has to end or to throw.</param>
    /// <param name="shared">How workers read the rows themselves, once they are read here; null to store them.</param>
    /// <param name="rows">Told how many rows have been read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DataFormatException">The source cannot be used.</exception>
    /// <exception cref="DataNameTakenException">Another data set has the name.</exception>
    public Task<DataSetRecord> WriteAsync(
        NewDataSet set, Func<RowReader> open, Func<SharedRows>? shared, IProgress<long>? rows, CancellationToken cancellationToken) =>
        new DataSetWriter(_database, _names, set, LoadingTimeToLive, rows).WriteAsync(open, shared, cancellationToken);

    /// <summary>The id that an id or a name stands for; null where nobody has the name.</summary>
    public Task<string?> ResolveAsync(string idOrName, CancellationToken cancellationToken) => _names.ResolveAsync(idOrName, cancellationToken);

    /// <summary>Null where there is no data set of this id.</summary>
    /// <exception cref="DataFormatException">Its record is damaged.</exception>
    public async Task<DataSetRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var json = await GetAsync(DataKeys.Record(id), cancellationToken);
        if (json.IsNull) return null;
        return Read<DataSetRecord>(json) is { Rows: > 0, ChunkRows: > 0, Features.Count: > 0, Label: not null } record
            ? record
            : throw new DataFormatException($"the record of data set '{id}' is damaged");
    }

    /// <summary>What the columns hold; null where there is no data set of this id.</summary>
    /// <exception cref="DataFormatException">The summary is damaged.</exception>
    public async Task<DataSummary?> SummaryAsync(string id, CancellationToken cancellationToken)
    {
        var json = await GetAsync(DataKeys.Summary(id), cancellationToken);
        if (json.IsNull) return null;
        return Read<DataSummary>(json) is { Columns.Count: > 0 } summary
            ? summary
            : throw new DataFormatException($"the summary of data set '{id}' is damaged");
    }

    /// <summary>Data sets that have a name, with their ids, by name.</summary>
    public async Task<IReadOnlyList<(string Id, DataSetRecord Record)>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<(string, DataSetRecord)>();
        foreach (var (_, id) in await _names.AllAsync(cancellationToken))
        {
            if (await FindAsync(id, cancellationToken) is { } record) found.Add((id, record));
        }

        return found;
    }

    /// <summary>The whole data set.</summary>
    /// <exception cref="DataFormatException">It is gone or damaged, or what it is read from has changed.</exception>
    public async Task<DataSet> LoadAsync(string id, CancellationToken cancellationToken)
    {
        var record = await FindAsync(id, cancellationToken) ?? throw new DataFormatException($"there is no data set '{id}'");
        var chunks = new List<DataChunk>();
        await foreach (var chunk in ReadChunksAsync(id, record, cancellationToken)) chunks.Add(chunk);
        return new DataSet(record.Schema, chunks);
    }

    /// <summary>The rows chunk by chunk, from Redis or from where they are; that they are all as they were is seen at the end.</summary>
    /// <exception cref="DataFormatException">A part is gone or damaged, or what they are read from has changed.</exception>
    public async IAsyncEnumerable<DataChunk> ReadChunksAsync(string id, DataSetRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var fingerprint = new DataFingerprint(record.Schema);
        var chunks = record.Shared is null
            ? StoredChunksAsync(id, record, cancellationToken)
            : SharedChunks.ReadAsync(sources ?? throw new DataFormatException($"data set '{id}' is not in Redis"), id, record, cancellationToken);
        await foreach (var chunk in chunks)
        {
            if (chunk.FeatureCount != record.Features.Count)
                throw new DataFormatException($"a chunk of data set '{id}' has {chunk.FeatureCount} features, its record {record.Features.Count}");
            fingerprint.Add(chunk);
            yield return chunk;
        }

        if (fingerprint.Finish() == record.Fingerprint) yield break;
        throw new DataFormatException(record.Shared is null
            ? $"data set '{id}' does not have the fingerprint in its record"
            : $"data set '{id}': {record.Source} has changed since it was added");
    }

    /// <summary>Keeps a data set for this long from now on; one that has a name is kept anyway.</summary>
    /// <returns>False where it, or a part of it, is gone.</returns>
    public async Task<bool> ProlongAsync(string id, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        return await FindAsync(id, cancellationToken) is { } record
            && await KeepAsync(id, record, record.Name is null ? timeToLive : null, cancellationToken);
    }

    /// <summary>The data set that has a name. A name whose data set is gone, which a process that was killed may leave, becomes free.</summary>
    public async Task<string?> FindHolderAsync(string name, CancellationToken cancellationToken)
    {
        if (await _names.FindAsync(name, cancellationToken) is not { } id) return null;
        if (await FindAsync(id, cancellationToken) is not null) return id;
        await _names.FreeAsync(name, cancellationToken);
        return null;
    }

    /// <summary>
    /// Takes a data set's name away, so that no new job finds it, and lets it expire, should nobody delete it or
    /// <see cref="UnhideAsync"/>.
    /// </summary>
    public async Task HideAsync(string id, DataSetRecord record, CancellationToken cancellationToken)
    {
        if (record.Name is not { } name) return;
        await KeepAsync(id, record, LoadingTimeToLive, cancellationToken);
        await _names.FreeAsync(name, cancellationToken);
    }

    /// <summary>Gives a hidden data set its name back.</summary>
    /// <exception cref="DataNameTakenException">Another one took it meanwhile.</exception>
    public async Task UnhideAsync(string id, DataSetRecord record, CancellationToken cancellationToken)
    {
        if (record.Name is not { } name) return;
        await KeepAsync(id, record, null, cancellationToken);
        await _names.TakeAsync(name, id, cancellationToken);
    }

    /// <summary>Deletes everything of a data set.</summary>
    public async Task DeleteAsync(string id, DataSetRecord record, CancellationToken cancellationToken)
    {
        var keys = DataSetKeys.All(id, record.Chunks);
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.KeyDeleteAsync(keys), cancellationToken);
    }

    private async Task<bool> KeepAsync(string id, DataSetRecord record, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        var keys = DataSetKeys.All(id, record.Chunks);
        return await RedisRetry.Pipeline.ExecuteAsync(async _ => await DataSetKeys.KeepAsync(_database, keys, timeToLive), cancellationToken);
    }

    private async IAsyncEnumerable<DataChunk> StoredChunksAsync(string id, DataSetRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long i = 0; i < record.Chunks; i++) yield return await LoadChunkAsync(id, i, cancellationToken);
    }

    private async Task<DataChunk> LoadChunkAsync(string id, long chunk, CancellationToken cancellationToken)
    {
        var bytes = await GetAsync(DataKeys.Chunk(id, chunk), cancellationToken);
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

    private async Task<RedisValue> GetAsync(RedisKey key, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetAsync(key), cancellationToken);

    private static T? Read<T>(RedisValue json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>((string)json!, SpecJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
