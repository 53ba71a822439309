using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Registry.V1;
using Grpc.Core;

namespace Cluster.TestCoordinator;

internal sealed class ScriptedJobs(ScriptedCoordinator coordinator) : Jobs.JobsBase
{
    public override Task<Job> Submit(SubmitRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Submit(request, context);
    }

    public override Task<Job> Get(GetRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Get(request, context);
    }

    public override Task<ListReply> List(ListRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.List(request, context);
    }

    public override Task Watch(WatchRequest request, IServerStreamWriter<JobUpdate> responseStream, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Watch(request, responseStream, context);
    }

    public override Task<Job> Cancel(CancelRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Cancel(request, context);
    }
}

internal sealed class ScriptedSummaries(ScriptedCoordinator coordinator) : Summaries.SummariesBase
{
    public override Task<ReadSummariesReply> Read(ReadSummariesRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return coordinator.Script.Summaries(request);
    }
}

internal sealed class ScriptedRegistry(ScriptedCoordinator coordinator) : Registry.RegistryBase
{
    public override Task<ListTasksReply> ListTasks(ListTasksRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return Task.FromResult(coordinator.Script.Tasks());
    }

    public override Task<DrainTaskReply> DrainTask(DrainTaskRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return Task.FromResult(coordinator.Script.Drain(request));
    }

    public override Task<GetClusterSpecReply> GetClusterSpec(GetClusterSpecRequest request, ServerCallContext context)
    {
        coordinator.Note(request, context);
        return Task.FromResult(new GetClusterSpecReply { ClusterSpecJson = coordinator.Script.ClusterSpecJson });
    }
}
