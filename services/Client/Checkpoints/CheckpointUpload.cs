using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Checkpoints.V1;
using Grpc.Core;

namespace Cluster.Client.Checkpoints;

/// <summary>Sends a file part by part; from its start again where the connection broke, with the key by which the cluster takes it once.</summary>
internal sealed class CheckpointUpload(CoordinatorConnection connection, ClusterClientOptions options, FileStream file,
    ImportHeader header, IProgress<long>? bytes)
{
    private bool _wasSent;

    public async Task<CheckpointInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("checkpoint import");
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
                if (!CallErrors.IsAway(e) || retry >= options.CallRetries) throw Failure(e);
                await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
                file.Position = 0;
            }
        }
    }

    private async Task<CheckpointInfo> SendAsync(CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var silence = new SilenceNotice(options, connection.Address, options.DataStallTimeout);
        using var call = connection.Checkpoints.Import(new CallOptions(cancellationToken: stall.Token));
        var sender = new FileSender(file, options.DataStallTimeout, silence, bytes);
        try
        {
            var first = new ImportPart { Header = header };
            var imported = await sender.SendAsync(call, first, content => new ImportPart { Content = content }, stall, cancellationToken).ConfigureAwait(false);
            return imported.ToInfo();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = $"{options.DataStallTimeout.TotalSeconds:F0} s";
            throw sender.IsSent ? Unknown($"no answer within {seconds}", e) : ClusterUnavailableException.Silent(connection.Address,
                $"it took nothing of the file for {seconds}", e);
        }
        finally
        {
            _wasSent |= sender.IsSent;
        }
    }

    private ClusterException Failure(RpcException e)
        => _wasSent && CallErrors.IsAway(e) ? Unknown(CallErrors.Reason(e), e) : CallErrors.Translate(e, connection.Address, null);

    private OutcomeUnknownException Unknown(string reason, RpcException e)
        => new(connection.Address, $"it imported the checkpoint '{header.Name}'", reason, $"`cluster checkpoints` lists it if it did", e);
}
