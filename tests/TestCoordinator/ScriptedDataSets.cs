using Cluster.Contracts.Data.V1;
using Grpc.Core;

namespace Cluster.TestCoordinator;

internal sealed class ScriptedDataSets(ScriptedCoordinator coordinator) : DataSets.DataSetsBase
{
    public override Task<DataSet> Load(IAsyncStreamReader<LoadRequest> requestStream, ServerCallContext context)
        => coordinator.Script.Load(requestStream, context);
}
