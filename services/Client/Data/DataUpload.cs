using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>Sends a file part by part; from its start again where the connection broke and the stream can go back.</summary>
/// <remarks>
/// A repetition finds the data set that an earlier attempt made where it has a name; without one it may leave that behind,
/// which has another id and expires.
/// </remarks>
internal sealed class DataUpload(
    CoordinatorConnection connection, ClusterClientOptions options, Stream file, DataImport import, IProgress<long>? bytes)
{
    private readonly DataImport _import = DataOutcome.WithKey(import);
    private bool _wasSent;

    public async Task<DataSetInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("data load");
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
                if (!CallErrors.IsAway(e) || !file.CanSeek || retry >= options.CallRetries) throw DataOutcome.Of(e, connection.Address, _import, _wasSent);
                await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
                file.Position = start;
            }
        }
    }

    private async Task<DataSetInfo> SendAsync(CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var silence = new SilenceNotice(options, connection.Address, options.DataStallTimeout);
        using var call = connection.DataSets.Load(new CallOptions(cancellationToken: stall.Token));
        var sender = new FileSender(file, options.DataStallTimeout, silence, bytes);
        try
        {
            var header = new LoadRequest { Header = _import.ToProto() };
            var loaded = await sender.SendAsync(call, header, content => new LoadRequest { Content = content }, stall, cancellationToken).ConfigureAwait(false);
            return loaded.ToInfo();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            if (sender.IsSent) throw DataOutcome.Unknown(connection.Address, _import, $"no answer within {options.DataStallTimeout.TotalSeconds:F0} s", e);
            throw ClusterUnavailableException.Silent(connection.Address, $"it took nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
        }
        finally
        {
            _wasSent |= sender.IsSent;
        }
    }
}
