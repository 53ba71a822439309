using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.Client.Data;

/// <summary>Calls about data sets that are there.</summary>
internal sealed class DataCalls(CoordinatorConnection connection)
{
    public async Task<IReadOnlyList<DataSetInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var reply = await connection.CallAsync(c => connection.DataSets.ListAsync(new ListRequest(), c), null, cancellationToken).ConfigureAwait(false);
        return [.. reply.DataSets.Select(set => set.ToInfo())];
    }

    public async Task<DataSetDetails> DescribeAsync(string data, CancellationToken cancellationToken)
        => (await CallAsync(data, c => connection.DataSets.DescribeAsync(new GetRequest { Id = data }, c), cancellationToken).ConfigureAwait(false))
        .ToDetails();

    public async Task<DataSetInfo> RemoveAsync(string data, CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("data remove");
        var removed = await CallAsync(data, c => connection.DataSets.GetAsync(new GetRequest { Id = data }, c), cancellationToken).ConfigureAwait(false);
        try
        {
            removed = await CallAsync(data, c => connection.DataSets.RemoveAsync(new RemoveRequest { Id = data }, c), cancellationToken).ConfigureAwait(false);
        }
        catch (DataNotFoundException)
        {
            // It was there, and is gone: by an attempt whose answer was lost.
        }

        return removed.ToInfo();
    }

    private async Task<T> CallAsync<T>(string data, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CallAsync(call, null, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.InnerException is RpcException { StatusCode: StatusCode.NotFound })
        {
            throw new DataNotFoundException(data, e);
        }
        catch (ClusterException e) when (e.InnerException is RpcException { StatusCode: StatusCode.FailedPrecondition } refused)
        {
            throw new ClusterException(refused.Status.Detail, e);
        }
    }
}
