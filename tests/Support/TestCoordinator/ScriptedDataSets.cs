using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.TestCoordinator;

internal sealed class ScriptedDataSets(ScriptedCoordinator coordinator) : DataSets.DataSetsBase
{
    public override Task<DataSet> Load(IAsyncStreamReader<LoadRequest> requestStream, ServerCallContext context)
        => coordinator.Script.Load(new NotedParts(coordinator, requestStream, context), context);

    public override async Task Add(AddRequest request, IServerStreamWriter<AddUpdate> responseStream, ServerCallContext context)
    {
        coordinator.Note(request, context);
        await coordinator.Script.Add(request, responseStream, context);
    }

    public override async Task<DataSet> Get(GetRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return (await coordinator.Script.Describe(request, context)).DataSet;
    }

    public override Task<DataSetDetails> Describe(GetRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Describe(request, context);
    }

    public override Task<ListReply> List(ListRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return Task.FromResult(coordinator.Script.DataSets());
    }

    public override Task<DataSet> Remove(RemoveRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Remove(request, context);
    }

    /// <summary>Notes each part when it is read.</summary>
    private sealed class NotedParts(ScriptedCoordinator coordinator, IAsyncStreamReader<LoadRequest> parts, ServerCallContext context)
        : IAsyncStreamReader<LoadRequest>
    {
        public LoadRequest Current => parts.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await parts.MoveNext(cancellationToken)) return false;
            coordinator.Note(Current, context);
            return true;
        }
    }
}
