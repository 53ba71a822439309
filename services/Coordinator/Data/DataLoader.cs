using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Jobs;
using Cluster.Persistence.Data;
using Cluster.Training.Data;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Data;

/// <summary>Takes files from clients, a few at a time, and makes data sets of them. Owns no state but the count of loads.</summary>
internal sealed class DataLoader(
    RedisDataSets dataSets, IOptions<CoordinatorOptions> options, DataMetrics metrics, TimeProvider time, ILogger<DataLoader> logger) : IDisposable
{
    /// <summary>Files at once: each takes a thread and some 50 MB.</summary>
    public const int MaxLoads = 4;

    private const string Prefix = "data";

    private readonly SemaphoreSlim _free = new(MaxLoads);

    /// <exception cref="RpcException">INVALID_ARGUMENT with what is wrong with the file or its parts, RESOURCE_EXHAUSTED when too many come at once, ABORTED when no part comes any more.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled; nothing of the file stays.</exception>
    public async Task<(string Id, DataManifest Manifest)> LoadAsync(IAsyncStreamReader<LoadRequest> parts, CancellationToken cancellationToken)
    {
        if (!_free.Wait(TimeSpan.Zero, CancellationToken.None))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{MaxLoads} files are being loaded already; try again later"));
        try
        {
            return await StoreAsync(new DataUpload(parts, time), cancellationToken);
        }
        catch (DataFormatException e)
        {
            DataLog.Refused(logger, e.Message);
            metrics.Refused();
            throw SpecRejection.ToRpcException([new SpecViolation(Prefix, "", e.Message)]);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task<(string Id, DataManifest Manifest)> StoreAsync(DataUpload upload, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var id = NewId.Of(Prefix);
        try
        {
            var csv = new CsvOptions { Label = await upload.ReadLabelAsync(cancellationToken), MaxBytes = options.Value.DataMaxBytes };
            var manifest = await upload.PassOnAsync(
                stream => dataSets.WriteAsync(id, stream, csv, options.Value.DataRetention, cancellationToken), cancellationToken);
            metrics.Loaded();
            var elapsed = time.GetElapsedTime(started);
            DataLog.Loaded(logger, id, manifest.Rows, manifest.Features.Count, upload.Bytes, elapsed);
            return (id, manifest);
        }
        finally
        {
            metrics.Received(upload.Bytes);
        }
    }
}
