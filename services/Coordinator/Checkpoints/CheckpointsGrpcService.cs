using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Jobs;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Jobs;
using Cluster.Storage.Snapshots;
using Grpc.Core;
using V1 = Cluster.Contracts.Checkpoints.V1;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>The service of checkpoints. They are in Redis alone, so any coordinator answers, chief or not.</summary>
internal sealed class CheckpointsGrpcService(
    RedisCheckpoints checkpoints, RedisJobs jobs, CheckpointView view, NamedCheckpoints named, CheckpointExport export, CheckpointImport import,
    ClusterCondition condition, IHostApplicationLifetime lifetime)
    : V1.Checkpoints.CheckpointsBase
{
    private const int MaxListed = 100;

    public override async Task<ListReply> List(ListRequest request, ServerCallContext context)
    {
        var found = request.Job.Length > 0 ? await checkpoints.OfJobAsync(request.Job) : await AllAsync();
        if (request.Job.Length > 0 && found.Count == 0 && await jobs.ReadAsync(request.Job) is null) throw NotFound(request.Job);
        var reply = new ListReply();
        foreach (var checkpoint in found) reply.Checkpoints.Add(await view.ListedAsync(checkpoint, context.CancellationToken));
        return reply;
    }

    public override async Task<Checkpoint> Get(GetRequest request, ServerCallContext context) =>
        await view.DescribeAsync(await FindAsync(request.Id), context.CancellationToken);

    public override async Task<Checkpoint> Keep(KeepRequest request, ServerCallContext context)
    {
        if (!CheckpointId.IsName(request.Name))
            throw SpecRejection.ToRpcException([new SpecViolation("name", request.Name, CheckpointId.NameForm)]);
        if (request.IdempotencyKey.Length > JobSubmission.MaxKeyLength)
            throw SpecRejection.ToRpcException([new SpecViolation("idempotency_key", request.IdempotencyKey, JobSubmission.KeyForm)]);
        condition.ThrowIfClosed();
        var source = await FindAsync(request.Id);
        return await GuardAsync(request.Id, async () =>
            await view.DescribeAsync(await named.KeepAsync(source, request.Name, request.IdempotencyKey, context.CancellationToken),
            context.CancellationToken));
    }

    public override async Task<RemoveReply> Remove(RemoveRequest request, ServerCallContext context) =>
        CheckpointId.IsName(request.Name) && await checkpoints.RemoveAsync(request.Name) ? new RemoveReply() : throw NotFound(request.Name);

    public override async Task Export(ExportRequest request, IServerStreamWriter<ExportPart> responseStream, ServerCallContext context)
    {
        var checkpoint = await FindAsync(request.Id);
        await GuardAsync(request.Id, async () =>
        {
            await export.SendAsync(checkpoint, responseStream, context.CancellationToken);
            return true;
        });
    }

    public override async Task<Checkpoint> Import(IAsyncStreamReader<ImportPart> requestStream, ServerCallContext context)
    {
        condition.ThrowIfClosed();
        // A client that uploads must not hold up the end of this process.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await view.DescribeAsync(await import.ReceiveAsync(requestStream, end.Token), end.Token);
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

    private async Task<IReadOnlyList<StoredCheckpoint>> AllAsync()
    {
        List<StoredCheckpoint> all = [.. await checkpoints.NamedAsync(MaxListed)];
        foreach (var job in await jobs.ListAsync(MaxListed))
        {
            if (job.Kind == JobKinds.Training) all.AddRange(await checkpoints.OfJobAsync(job.Id));
        }

        return all;
    }

    private async Task<StoredCheckpoint> FindAsync(string id) =>
        CheckpointId.TryParse(id, out var parsed) && await checkpoints.FindAsync(parsed) is { } found ? found : throw NotFound(id);

    private static async Task<T> GuardAsync<T>(string id, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (SnapshotUnreadableException e)
        {
            throw new RpcException(new Status(StatusCode.DataLoss, $"checkpoint '{id}' was superseded while it was read, or is damaged: {e.Message}"));
        }
    }

    private static RpcException NotFound(string id) =>
        new(new Status(StatusCode.NotFound, $"there is no checkpoint '{SpecViolation.Shown(id)}'"));
}
