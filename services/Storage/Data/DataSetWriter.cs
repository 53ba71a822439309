using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Storage.Data;

/// <summary>Writes one data set, once. Its chunks are renewed while that takes, and deleted when it fails.</summary>
/// <param name="database">For large values.</param>
/// <param name="names">Names of data sets.</param>
/// <param name="set">The data set.</param>
/// <param name="loadingTimeToLive">How long Redis keeps what a writer that died has written.</param>
/// <param name="rows">Told how many rows have been read.</param>
internal sealed class DataSetWriter(IDatabase database, DataNames names, NewDataSet set, TimeSpan loadingTimeToLive, IProgress<long>? rows)
{
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(10);

    // Chunks that are in Redis, or on their way: counted by the parser's thread.
    private long _chunks;

    public async Task<DataSetRecord> WriteAsync(Func<RowReader> open, Func<SharedRows>? shared, CancellationToken cancellationToken)
    {
        try
        {
            var parsing = Task.Factory.StartNew(
                () => Read(open, shared, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await RenewUntilAsync(parsing);
            var content = await parsing;
            if (!await RedisRetry.UnlessFull.ExecuteAsync(async _ => await KeepChunksAsync(set.Keep), cancellationToken))
                throw new TimeoutException($"a chunk of data set '{set.Id}' went before the last one came");
            await SetAsync(DataKeys.Summary(set.Id), JsonSerializer.SerializeToUtf8Bytes(content.Summary, SpecJson.Options), set.Keep, cancellationToken);
            await SetAsync(DataKeys.Record(set.Id), JsonSerializer.SerializeToUtf8Bytes(content.Record, SpecJson.Options), set.Keep, cancellationToken);
            if (set.Import.Name is { } name) await names.TakeAsync(name, set.Id, cancellationToken);
            return content.Record;
        }
        catch
        {
            await DeleteAsync();
            throw;
        }
    }

    /// <summary>Waits for each chunk to be written before it parses the next: the thread is there to be blocked.</summary>
    private Content Read(Func<RowReader> open, Func<SharedRows>? shared, CancellationToken cancellationToken)
    {
        using var data = open();
        using var fingerprint = new DataFingerprint(data.Schema);
        var summary = new DataSummaryBuilder(data.Schema);
        var (read, chunkRows) = (0L, 0);
        foreach (var chunk in data.ReadChunks(cancellationToken))
        {
            fingerprint.Add(chunk);
            summary.Add(chunk);
            if (shared is null) Write(chunk, cancellationToken);
            read += chunk.Rows;
            chunkRows = Math.Max(chunkRows, chunk.Rows);
            rows?.Report(read);
        }

        var record = new DataSetRecord(data.Schema.Label, data.Schema.Features, read, chunkRows, fingerprint.Finish())
        {
            Name = set.Import.Name,
            IdempotencyKey = set.Import.IdempotencyKey,
            Source = set.Import.Source,
            Added = set.Added,
            Shared = shared?.Invoke(),
        };
        return new Content(record, summary.Build());
    }

    private void Write(DataChunk chunk, CancellationToken cancellationToken)
    {
        var key = DataKeys.Chunk(set.Id, Interlocked.Increment(ref _chunks) - 1);
        SetAsync(key, chunk.ToBytes(), loadingTimeToLive, cancellationToken).GetAwaiter().GetResult();
    }

    private async Task RenewUntilAsync(Task parsing)
    {
        while (!parsing.IsCompleted)
        {
            await parsing.WaitAsync(loadingTimeToLive / 4).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!parsing.IsCompleted) await RenewAsync();
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            await KeepChunksAsync(loadingTimeToLive);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The next renewal is early enough; and whether every chunk is there is seen at the end.
        }
    }

    private async Task DeleteAsync()
    {
        using var limit = new CancellationTokenSource(DeleteTimeout);
        var keys = DataSetKeys.All(set.Id, Interlocked.Read(ref _chunks));
        try
        {
            await RedisRetry.Pipeline.ExecuteAsync(async token => await database.KeyDeleteAsync(keys).Abandonable().WaitAsync(token), limit.Token);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            // What Redis did not delete in time expires.
        }
    }

    private Task<bool> KeepChunksAsync(TimeSpan? timeToLive) =>
        DataSetKeys.KeepAsync(database, DataSetKeys.Chunks(set.Id, Interlocked.Read(ref _chunks)), timeToLive);

    private async Task SetAsync(RedisKey key, ReadOnlyMemory<byte> value, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        await RedisRetry.UnlessFull.ExecuteAsync(async _ => await database.StringSetAsync(key, value, timeToLive is { } time ? time : Expiration.Default),
        cancellationToken);

    private sealed record Content(DataSetRecord Record, DataSummary Summary);
}
