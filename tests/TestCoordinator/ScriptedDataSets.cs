using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.TestCoordinator;

internal sealed class ScriptedDataSets(ScriptedCoordinator coordinator) : DataSets.DataSetsBase
{
    public override async Task<DataSet> Load(IAsyncStreamReader<LoadRequest> requestStream, ServerCallContext context)
        => await coordinator.Script.Load(NotedAsync(requestStream, context), context);

    private async IAsyncEnumerable<LoadRequest> NotedAsync(IAsyncStreamReader<LoadRequest> parts, ServerCallContext context)
    {
        await foreach (var part in parts.ReadAllAsync(context.CancellationToken))
        {
            coordinator.Note(part, context);
            yield return part;
        }
    }
}
