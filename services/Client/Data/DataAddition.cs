using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>Has the cluster read a source by itself, and hears how far it is.</summary>
internal sealed class DataAddition(CoordinatorConnection connection, ClusterClientOptions options, DataImport import, IProgress<DataLoadProgress>? progress)
{
    private readonly DataImport _import = DataOutcome.WithKey(import);
    private bool _wasSent;

    public async Task<DataSetInfo> RunAsync(CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("data add");
        var backoff = new Backoff(options.RetryDelay, options.MaxRetryDelay);
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await AddAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _wasSent |= !CallErrors.WasNotSent(e);
                if (!CallErrors.IsAway(e) || retry >= options.CallRetries) throw DataOutcome.Of(e, connection.Address, _import, _wasSent);
                await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<DataSetInfo> AddAsync(CancellationToken cancellationToken)
    {
        using var silence = new SilenceNotice(options, connection.Address, Timeout.InfiniteTimeSpan);
        using var call = connection.DataSets.Add(new AddRequest { Data = _import.ToProto() }, new CallOptions(cancellationToken: cancellationToken));
        await foreach (var update in call.ResponseStream.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            silence.Heard();
            if (update.DataSet is { } set) return set.ToInfo();
            if (update.Progress is { } done) progress?.Report(done.ToProgress());
        }

        throw new ClusterException("the cluster did not say what came of the source");
    }
}
