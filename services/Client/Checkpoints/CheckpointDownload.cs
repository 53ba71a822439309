using System.Security.Cryptography;
using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Checkpoints.V1;
using Grpc.Core;

namespace Cluster.Client.Checkpoints;

/// <summary>Receives a checkpoint as a file. The file has another name until all of it is there and has the hash that was sent.</summary>
internal sealed class CheckpointDownload(CoordinatorConnection connection, ClusterClientOptions options, string id, string path,
    bool overwrite, IProgress<long>? bytes)
{
    public async Task<CheckpointInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("checkpoint export");
        var target = Path.GetFullPath(path);
        var partial = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            CheckpointInfo info;
            var file = new FileStream(partial, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous
            });
            await using (file.ConfigureAwait(false))
            {
                info = await ReceiveAsync(file, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite);
            return info;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e.StatusCode == StatusCode.NotFound) throw new CheckpointNotFoundException(id, e);
            throw CallErrors.Translate(e, connection.Address, null);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task<CheckpointInfo> ReceiveAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var silence = new SilenceNotice(options, connection.Address, options.DataStallTimeout);
        using var call = connection.Checkpoints.Export(new ExportRequest { Id = id }, new CallOptions(cancellationToken: stall.Token));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ExportHeader? header = null;
        var received = 0L;
        var isWhole = false;
        try
        {
            // The coordinator reads all of it twice before the first part comes.
            stall.CancelAfter(options.DataStallTimeout);
            while (await call.ResponseStream.MoveNext(stall.Token).ConfigureAwait(false))
            {
                stall.CancelAfter(options.DataStallTimeout);
                silence.Heard();
                var part = call.ResponseStream.Current;
                header ??= part.Header;
                isWhole = part.PartCase == ExportPart.PartOneofCase.Sha256 && part.Sha256 == Convert.ToHexStringLower(hash.GetCurrentHash());
                if (part.PartCase != ExportPart.PartOneofCase.Content) continue;
                hash.AppendData(part.Content.Span);
                await file.WriteAsync(part.Content.Memory, cancellationToken).ConfigureAwait(false);
                received += part.Content.Length;
                bytes?.Report(received);
            }
        }
        catch (Exception e) when (IsStalled(e, stall, cancellationToken))
        {
            throw ClusterUnavailableException.Silent(connection.Address, $"it sent nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
        }

        return isWhole && header is not null && header.Length == received
            ? header.Checkpoint.ToInfo()
            : throw new ClusterException($"checkpoint {id} did not arrive whole: {received} bytes came");
    }

    private static bool IsStalled(Exception e, CancellationTokenSource stall, CancellationToken cancellationToken) =>
        e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && stall.IsCancellationRequested
        && !cancellationToken.IsCancellationRequested;
}
