using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Conditions;
using Cluster.Models.Data;
using Cluster.Storage.Data;
using Grpc.Core;
using DataSet = Cluster.Contracts.Data.V1.DataSet;

namespace Cluster.Coordinator.Data;

/// <summary>The service of data sets. They are in Redis alone, so any coordinator answers, chief or not.</summary>
internal sealed class DataSetsGrpcService(
    DataLoader loader, DataRemoval removal, RedisDataSets dataSets, ClusterCondition condition, TimeProvider time, IHostApplicationLifetime lifetime)
    : DataSets.DataSetsBase
{
    public override async Task<DataSet> Load(IAsyncStreamReader<LoadRequest> parts, ServerCallContext context)
    {
        condition.ThrowIfClosed();
        var (id, record) = await UntilStopAsync(context, token => loader.LoadAsync(parts, token));
        return DataMessages.Of(id, record);
    }

    public override async Task Add(AddRequest request, IServerStreamWriter<AddUpdate> stream, ServerCallContext context)
    {
        condition.ThrowIfClosed();
        var import = (request.Data ?? new LoadHeader()).ToImport();
        var progress = new LoadProgressStream(stream, time);
        var (id, record) = await UntilStopAsync(context, token => progress.PassOnAsync(loader.AddAsync(import, progress, token), token));
        await stream.WriteAsync(new AddUpdate { DataSet = DataMessages.Of(id, record) });
    }

    public override async Task<DataSet> Get(GetRequest request, ServerCallContext context)
    {
        var (id, record) = await FindAsync(request.Id, context.CancellationToken);
        return DataMessages.Of(id, record);
    }

    public override Task<DataSetDetails> Describe(GetRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var (id, record) = await FindAsync(request.Id, context.CancellationToken);
        return DataMessages.Of(id, record, await dataSets.SummaryAsync(id, context.CancellationToken));
    });

    public override Task<ListReply> List(ListRequest request, ServerCallContext context) => GuardAsync(async () =>
    {
        var found = await dataSets.ListAsync(context.CancellationToken);
        return new ListReply { DataSets = { found.Select(set => DataMessages.Of(set.Id, set.Record)) } };
    });

    public override async Task<DataSet> Remove(RemoveRequest request, ServerCallContext context)
    {
        var (id, record) = await FindAsync(request.Id, context.CancellationToken);
        await removal.RemoveAsync(id, record, context.CancellationToken);
        return DataMessages.Of(id, record);
    }

    private Task<(string Id, DataSetRecord Record)> FindAsync(string idOrName, CancellationToken cancellationToken) => GuardAsync(async () =>
        await dataSets.ResolveAsync(idOrName, cancellationToken) is { } id && await dataSets.FindAsync(id, cancellationToken) is { } record
            ? (id, record)
            : throw new RpcException(new Status(StatusCode.NotFound, $"there is no data set '{SpecViolation.Shown(idOrName)}'")));

    private static async Task<T> GuardAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (DataFormatException e)
        {
            throw new RpcException(new Status(StatusCode.DataLoss, e.Message));
        }
    }

    // A client that loads must not hold up the end of this process; it begins again with the next one.
    private async Task<T> UntilStopAsync<T>(ServerCallContext context, Func<CancellationToken, Task<T>> load)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await load(end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator stops; try again"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "the client is gone"));
        }
    }
}
