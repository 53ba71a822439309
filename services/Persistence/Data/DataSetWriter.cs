using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Storage;
using Cluster.ServiceDefaults.Redis;
using Cluster.Training.Data;
using StackExchange.Redis;

namespace Cluster.Persistence.Data;

/// <summary>Writes one data set, once. Its chunks are renewed while that takes, and deleted when it fails.</summary>
/// <param name="database">For large values.</param>
/// <param name="id">Of the data set.</param>
/// <param name="loadingTimeToLive">How long Redis keeps what a writer that died has written.</param>
internal sealed class DataSetWriter(IDatabase database, string id, TimeSpan loadingTimeToLive)
{
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(10);

    // Chunks that are in Redis, or on their way: counted by the parser's thread.
    private long _chunks;

    public async Task<DataManifest> WriteAsync(Stream csv, CsvOptions options, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        try
        {
            Task<DataManifest> parsing = Task.Factory.StartNew(
                () => WriteChunks(csv, options, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await RenewUntilAsync(parsing);
            DataManifest manifest = await parsing;
            if (!await RedisRetry.Pipeline.ExecuteAsync(async _ => await ExpireChunksAsync(timeToLive), cancellationToken))
                throw new TimeoutException($"a chunk of data set '{id}' went before the last one came");
            await SetAsync(DataKeys.Manifest(id), JsonSerializer.SerializeToUtf8Bytes(manifest, SpecJson.Options), timeToLive, cancellationToken);
            return manifest;
        }
        catch
        {
            await DeleteAsync();
            throw;
        }
    }

    /// <summary>Waits for each chunk to be written before it parses the next: the thread is there to be blocked.</summary>
    private DataManifest WriteChunks(Stream csv, CsvOptions options, CancellationToken cancellationToken)
    {
        using CsvData data = CsvData.Open(csv, options);
        using var fingerprint = new DataFingerprint(data.Schema);
        (long rows, int chunkRows) = (0, 0);
        foreach (DataChunk chunk in data.ReadChunks(cancellationToken))
        {
            fingerprint.Add(chunk);
            string key = DataKeys.Chunk(id, Interlocked.Increment(ref _chunks) - 1);
            SetAsync(key, chunk.ToBytes(), loadingTimeToLive, cancellationToken).GetAwaiter().GetResult();
            rows += chunk.Rows;
            chunkRows = Math.Max(chunkRows, chunk.Rows);
        }

        return new DataManifest(data.Schema.Label, data.Schema.Features, rows, chunkRows, fingerprint.Finish());
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
            await ExpireChunksAsync(loadingTimeToLive);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The next renewal is early enough; and whether every chunk is there is seen at the end.
        }
    }

    private async Task DeleteAsync()
    {
        using var limit = new CancellationTokenSource(DeleteTimeout);
        RedisKey[] keys = DataSetKeys.All(id, Interlocked.Read(ref _chunks));
        try
        {
            await RedisRetry.Pipeline.ExecuteAsync(async token => await database.KeyDeleteAsync(keys).WaitAsync(token), limit.Token);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            // What Redis did not delete in time expires.
        }
    }

    private Task<bool> ExpireChunksAsync(TimeSpan timeToLive) =>
        DataSetKeys.ExpireAsync(database, DataSetKeys.Chunks(id, Interlocked.Read(ref _chunks)), timeToLive);

    private async Task SetAsync(RedisKey key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await database.StringSetAsync(key, value, timeToLive), cancellationToken);
}
