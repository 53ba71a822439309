using System.Buffers;
using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Checkpoints.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Client.Checkpoints;

/// <summary>Sends a file part by part; once, since a repetition could find the name taken by the first.</summary>
internal sealed class CheckpointUpload(CoordinatorConnection connection, ClusterClientOptions options, FileStream file, ImportHeader header, IProgress<long>? bytes)
{
    private const int PartBytes = 512 << 10;

    public async Task<CheckpointInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = connection.Checkpoints.Import(new CallOptions(cancellationToken: stall.Token));
        try
        {
            await SendAsync(call.RequestStream, stall, cancellationToken).ConfigureAwait(false);
            // The coordinator reads back what it wrote.
            stall.CancelAfter(options.DataStallTimeout);
            return (await call.ResponseAsync.ConfigureAwait(false)).ToInfo();
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested)
                throw new ClusterUnavailableException(connection.Address, $"it took nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
            throw CallErrors.Translate(e, connection.Address, null);
        }
    }

    private async Task SendAsync(IClientStreamWriter<ImportPart> parts, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            var sent = 0L;
            var isTaken = await TrySendAsync(parts, new ImportPart { Header = header }, stall).ConfigureAwait(false);
            while (isTaken)
            {
                var read = await file.ReadAsync(buffer.AsMemory(0, PartBytes), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                // A part is serialized when it is sent, so that the buffer is free again.
                isTaken = await TrySendAsync(parts, new ImportPart { Content = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)) }, stall).ConfigureAwait(false);
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
    private async Task<bool> TrySendAsync(IClientStreamWriter<ImportPart> parts, ImportPart part, CancellationTokenSource stall)
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
