using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Checkpoints.V1;
using Grpc.Core;

namespace Cluster.Client.Checkpoints;

/// <summary>Sends a file part by part; once, since a repetition could find the name taken by the first.</summary>
internal sealed class CheckpointUpload(CoordinatorConnection connection, ClusterClientOptions options, FileStream file, ImportHeader header, IProgress<long>? bytes)
{
    public async Task<CheckpointInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = connection.Checkpoints.Import(new CallOptions(cancellationToken: stall.Token));
        try
        {
            var sender = new FileSender(file, options.DataStallTimeout, bytes);
            var first = new ImportPart { Header = header };
            var imported = await sender.SendAsync(call, first, content => new ImportPart { Content = content }, stall, cancellationToken).ConfigureAwait(false);
            return imported.ToInfo();
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested)
                throw new ClusterUnavailableException(connection.Address, $"it took nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
            throw CallErrors.Translate(e, connection.Address, null);
        }
    }
}
