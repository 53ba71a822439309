using System.Buffers;
using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>Sends a file part by part; from its start again where the connection broke and the stream can go back.</summary>
/// <remarks>A repetition may leave an earlier data set behind whose answer was lost; it has another id and expires.</remarks>
internal sealed class DataUpload(
    CoordinatorConnection connection, ClusterClientOptions options, Stream file, DataImport import, IProgress<long>? bytes)
{
    private const int PartBytes = 256 << 10;

    public async Task<DataSetInfo> RunAsync(CancellationToken cancellationToken)
    {
        var start = file.CanSeek ? file.Position : 0;
        var backoff = new Backoff(options.RetryDelay, options.MaxRetryDelay);
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await SendAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!CallErrors.IsAway(e) || !file.CanSeek || retry >= options.CallRetries) throw CallErrors.Translate(e, connection.Address, null);
                await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
                file.Position = start;
            }
        }
    }

    private async Task<DataSetInfo> SendAsync(CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = connection.DataSets.Load(new CallOptions(cancellationToken: stall.Token));
        try
        {
            await SendPartsAsync(call.RequestStream, stall, cancellationToken).ConfigureAwait(false);
            stall.CancelAfter(options.DataStallTimeout);
            var loaded = await call.ResponseAsync.ConfigureAwait(false);
            return loaded.ToInfo();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException(connection.Address, $"it took nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
        }
    }

    private async Task SendPartsAsync(IClientStreamWriter<LoadRequest> parts, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            var sent = 0L;
            var isTaken = await TrySendAsync(parts, new LoadRequest { Header = import.ToProto() }, stall).ConfigureAwait(false);
            while (isTaken)
            {
                var read = await file.ReadAsync(buffer.AsMemory(0, PartBytes), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                // A part is serialized when it is sent, so that the buffer is free again.
                isTaken = await TrySendAsync(parts, new LoadRequest { Content = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)) }, stall).ConfigureAwait(false);
                if (isTaken) bytes?.Report(sent += read);
            }

            if (isTaken) await parts.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when the call is over: its answer says why.</summary>
    private async Task<bool> TrySendAsync(IClientStreamWriter<LoadRequest> parts, LoadRequest part, CancellationTokenSource stall)
    {
        stall.CancelAfter(options.DataStallTimeout);
        try
        {
            await parts.WriteAsync(part).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
