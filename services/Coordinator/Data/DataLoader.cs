using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Jobs;
using Cluster.Models.Data;
using Cluster.Storage.Data;
using Cluster.Storage.Sources;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Data;

/// <summary>Makes data sets of files that clients send and of sources that the cluster reads, a few at a time. Owns no state but the count of loads.</summary>
internal sealed class DataLoader(
    RedisDataSets dataSets, DataSources sources, IOptions<CoordinatorOptions> options, DataMetrics metrics, TimeProvider time, ILogger<DataLoader> logger)
    : IDisposable
{
    /// <summary>Files at once: each takes a thread and some 50 MB.</summary>
    public const int MaxLoads = 4;

    private const string Field = "data";

    private readonly SemaphoreSlim _free = new(MaxLoads);

    /// <summary>Takes a file from a client.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with what is wrong with the file or its parts, RESOURCE_EXHAUSTED when too many come at once,
    /// ABORTED when no part comes any more.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled; nothing of the file stays.</exception>
    public Task<(string Id, DataSetRecord Record)> LoadAsync(IAsyncStreamReader<LoadRequest> parts, CancellationToken cancellationToken) =>
        GuardAsync("", () => StoreAsync(new DataUpload(parts, time), cancellationToken));

    /// <summary>Reads a source.</summary>
    /// <param name="import">The source.</param>
    /// <param name="progress">Told how far it is, from any thread, at each chunk.</param>
    /// <param name="cancellationToken">Gives up; nothing of the source stays.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT with what is wrong with the source, RESOURCE_EXHAUSTED when too many come at once.</exception>
    public Task<(string Id, DataSetRecord Record)> AddAsync(DataImport import, IProgress<LoadProgress> progress, CancellationToken cancellationToken)
    {
        var violations = import.Validate();
        if (violations.Count == 0 && !DataImport.IsUri(import.Source))
            violations = [new SpecViolation("source", import.Source, $"must begin with {string.Join(", ", DataSchemes.All.Select(scheme => scheme + ":"))}")];
        if (violations.Count > 0) throw SpecRejection.ToRpcException(violations);
        return GuardAsync(import.Source, () => ReadAsync(import, progress, cancellationToken));
    }

    public void Dispose() => _free.Dispose();

    private async Task<(string Id, DataSetRecord Record)> GuardAsync(string source, Func<Task<(string Id, DataSetRecord Record)>> store)
    {
        if (!_free.Wait(TimeSpan.Zero, CancellationToken.None))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{MaxLoads} files are being loaded already; try again later"));
        try
        {
            return await store();
        }
        catch (DataFormatException e)
        {
            DataLog.Refused(logger, e.Message);
            metrics.Refused();
            throw SpecRejection.ToRpcException([new SpecViolation(Field, source, e.Message)]);
        }
        catch (DataNameTakenException e)
        {
            throw SpecRejection.ToRpcException([Taken(e.Name, e.Id)]);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task<(string Id, DataSetRecord Record)> StoreAsync(DataUpload upload, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            return await OnceAsync(await upload.ReadHeaderAsync(cancellationToken), async set =>
            {
                var record = await upload.PassOnAsync(
                    stream => dataSets.WriteAsync(set, () => RowReaders.Open(set.Import, stream, labels: null, Limits), null, null, cancellationToken),
                    cancellationToken);
                return Loaded(set.Id, record, upload.Bytes, started);
            }, cancellationToken);
        }
        finally
        {
            metrics.Received(upload.Bytes);
        }
    }

    private Task<(string Id, DataSetRecord Record)> ReadAsync(DataImport import, IProgress<LoadProgress> progress, CancellationToken cancellationToken)
        => OnceAsync(import, set => ReadAsync(set, progress, cancellationToken), cancellationToken);

    private async Task<(string Id, DataSetRecord Record)> ReadAsync(NewDataSet set, IProgress<LoadProgress> progress, CancellationToken cancellationToken)
    {
        var (started, import) = (time.GetTimestamp(), set.Import);
        using var source = await sources.OpenAsync(import, cancellationToken);
        long? declared = null;
        var rows = new Rows(read => progress.Report(
            new LoadProgress { Rows = read, TotalRows = declared ?? 0, Bytes = source.BytesRead, TotalBytes = source.Bytes }));
        Func<RowReader> open = () =>
        {
            var reader = source.Read(Limits);
            declared = reader.DeclaredRows;
            return reader;
        };
        var record = await dataSets.WriteAsync(set, open, import.IsShared ? () => new SharedRows(import, source.Bytes) : null, rows, cancellationToken);
        return Loaded(set.Id, record, source.BytesRead, started);
    }

    // A load that is repeated since its answer was lost finds what it made.
    private async Task<(string Id, DataSetRecord Record)> OnceAsync(
        DataImport import, Func<NewDataSet, Task<(string Id, DataSetRecord Record)>> load, CancellationToken cancellationToken)
    {
        if (await MadeBeforeAsync(import, cancellationToken) is { } made) return made;
        try
        {
            return await load(new NewDataSet(NewId.Of(Field), import, options.Value.DataRetention, time.GetUtcNow()));
        }
        catch (DataNameTakenException)
        {
            if (await MadeBeforeAsync(import, cancellationToken) is { } meanwhile) return meanwhile;
            throw;
        }
    }

    private async Task<(string Id, DataSetRecord Record)?> MadeBeforeAsync(DataImport import, CancellationToken cancellationToken)
    {
        if (import.Name is not { } name || await dataSets.FindHolderAsync(name, cancellationToken) is not { } holder) return null;
        return import.IdempotencyKey is { } key && await dataSets.FindAsync(holder, cancellationToken) is { } record && record.IdempotencyKey == key
            ? (holder, record)
            : throw SpecRejection.ToRpcException([Taken(name, holder)]);
    }

    private (string Id, DataSetRecord Record) Loaded(string id, DataSetRecord record, long bytes, long started)
    {
        metrics.Loaded();
        var elapsed = time.GetElapsedTime(started);
        DataLog.Loaded(logger, id, record.Rows, record.Features.Count, bytes, elapsed);
        return (id, record);
    }

    private DataLimits Limits => new() { MaxBytes = options.Value.DataMaxBytes };

    private static SpecViolation Taken(string name, string id) => new("name", name, $"is that of data set {id}; remove it first, or choose another");

    private sealed class Rows(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
