using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.Persistence.Data;
using Cluster.Training.Data;
using Grpc.Core;
using DataSet = Cluster.Contracts.Data.V1.DataSet;

namespace Cluster.Coordinator.Data;

/// <summary>The service of data sets. They are in Redis alone, so any coordinator answers, chief or not.</summary>
internal sealed class DataSetsGrpcService(DataLoader loader, RedisDataSets dataSets, IHostApplicationLifetime lifetime) : DataSets.DataSetsBase
{
    public override async Task<DataSet> Load(IAsyncStreamReader<LoadRequest> parts, ServerCallContext context)
    {
        // A client that uploads must not hold up the end of this process; it begins again with the next one.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            var (id, manifest) = await loader.LoadAsync(parts, end.Token);
            return ToMessage(id, manifest);
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

    public override async Task<DataSet> Get(GetRequest request, ServerCallContext context)
    {
        try
        {
            return await dataSets.FindAsync(request.Id, context.CancellationToken) is { } manifest
                ? ToMessage(request.Id, manifest)
                : throw new RpcException(new Status(StatusCode.NotFound, $"there is no data set '{new SpecViolation("id", request.Id, "").ShownValue}'"));
        }
        catch (DataFormatException e)
        {
            throw new RpcException(new Status(StatusCode.DataLoss, e.Message));
        }
    }

    private static DataSet ToMessage(string id, DataManifest manifest) => new()
    {
        Id = id,
        Features = { manifest.Features },
        Label = manifest.Label,
        Rows = manifest.Rows,
        Fingerprint = manifest.Fingerprint,
    };
}
