using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>Sends a file part by part; from its start again where the connection broke and the stream can go back.</summary>
/// <remarks>A repetition may leave an earlier data set behind whose answer was lost; it has another id and expires.</remarks>
internal sealed class DataUpload(
    CoordinatorConnection connection, ClusterClientOptions options, Stream file, DataImport import, IProgress<long>? bytes)
{
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
            var sender = new FileSender(file, options.DataStallTimeout, bytes);
            var header = new LoadRequest { Header = import.ToProto() };
            var loaded = await sender.SendAsync(call, header, content => new LoadRequest { Content = content }, stall, cancellationToken).ConfigureAwait(false);
            return loaded.ToInfo();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException(connection.Address, $"it took nothing of the file for {options.DataStallTimeout.TotalSeconds:F0} s", e);
        }
    }
}
