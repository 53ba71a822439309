using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Access;
using Cluster.Coordinator.Chief;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Coordinator.Supervision;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Api;

/// <summary>The job service. Reads go to Redis; only the chief accepts and cancels.</summary>
internal sealed class JobGrpcService(
    RedisJobs jobs, JobRunners runners, JobFeeds feeds, JobDescriber describer, ClusterCondition condition, TrainingAdmission trainings,
    TrainingCancellation cancellation, ChiefOffice office, SubmissionLimits limits, JobMetrics metrics, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<JobGrpcService> logger)
    : Contracts.Jobs.V1.Jobs.JobsBase
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int MaxListedText = 1024;
    private const long MaxPlacementsSeen = 1_000_000_000;

    public override async Task<Job> Submit(SubmitRequest request, ServerCallContext context)
    {
        var submitted = JobSubmission.Read(request, time.GetUtcNow());
        // One that is repeated is answered, whatever has come since it was accepted.
        if (condition.Refusal is not null && !await jobs.WasSubmittedAsync(request.IdempotencyKey)) condition.ThrowIfClosed();
        // What was not accepted for the time being comes again, and is counted then.
        limits.CountSubmission(context.GetHttpContext());
        await limits.CheckRoomAsync(request.IdempotencyKey);
        var job = await trainings.AdmitAsync(submitted, context.CancellationToken);
        var token = Token();
        var id = await jobs.CreateAsync(job, token);
        var record = await FindAsync(id);
        if (record.Kind != job.Kind || record.Spec != job.Spec)
            throw new RpcException(new Status(StatusCode.AlreadyExists, $"idempotency_key: {request.IdempotencyKey}: was used for job {id} with another spec"));
        if (id == job.Id)
        {
            JobLog.Accepted(logger, id, job.Kind);
            metrics.Accepted(job.Kind);
        }

        if (!record.HasEnded) runners.Start(record, token);
        return await describer.DescribeAsync(record);
    }

    public override async Task<Job> Get(GetRequest request, ServerCallContext context) => await describer.DescribeAsync(await FindAsync(request.Id));

    public override async Task<ListReply> List(ListRequest request, ServerCallContext context)
    {
        if (request.Limit is < 0 or > MaxLimit)
            throw SpecRejection.ToRpcException([new SpecViolation("limit", $"{request.Limit}", $"must be from 1 to {MaxLimit}")]);
        if (request.IdempotencyKey.Length > JobSubmission.MaxKeyLength)
            throw SpecRejection.ToRpcException([new SpecViolation("idempotency_key", request.IdempotencyKey, JobSubmission.KeyForm)]);
        var records = request.IdempotencyKey.Length > 0
            ? await jobs.FindSubmittedAsync(request.IdempotencyKey) is { } submitted ? [submitted] : []
            : await jobs.ListAsync(request.Limit == 0 ? DefaultLimit : request.Limit);
        return new ListReply { Jobs = { (await Task.WhenAll(records.Select(describer.DescribeAsync))).Select(Shorten) } };
    }

    public override async Task Watch(WatchRequest request, IServerStreamWriter<JobUpdate> stream, ServerCallContext context)
    {
        if (request.PlacementsSeen is < 0 or > MaxPlacementsSeen)
            throw SpecRejection.ToRpcException([new SpecViolation("placements_seen", $"{request.PlacementsSeen}", $"must be from 0 to {MaxPlacementsSeen}")]);
        // A watcher must not hold up the end of this process; it finds the next one by itself.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await new JobWatch(jobs, feeds, describer, condition, time, request).RunAsync(stream, await FindAsync(request.Id), end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator stops; try again"));
        }
    }

    public override async Task<Job> Cancel(CancelRequest request, ServerCallContext context)
    {
        const int maxReason = 200;
        if (request.Reason.Length > maxReason)
            throw SpecRejection.ToRpcException([new SpecViolation("reason", request.Reason, $"must have at most {maxReason} characters")]);
        var token = Token();
        var job = await FindAsync(request.Id);
        var reason = request.Reason.Length == 0 ? "cancelled" : $"cancelled: {request.Reason}";
        if (job is { Kind: JobKinds.Training, State: JobState.Running }) job = await cancellation.RunAsync(job, token, reason, context.CancellationToken);
        while (!job.HasEnded)
        {
            var answer = await jobs.MoveAsync(job.Id, token, job.State, JobState.Cancelled, reason);
            if (answer == TransitionAnswer.Fenced) throw NotChief();
            if (answer == TransitionAnswer.Done) metrics.Ended(job, JobState.Cancelled.ToText());
            job = await FindAsync(request.Id);
        }

        runners.Tell(job.Id, request);
        return await describer.DescribeAsync(job);
    }

    // A list of a thousand jobs must fit into one message, whatever they were given and gave.
    private static Job Shorten(Job job)
    {
        if (job.SpecJson.Length > MaxListedText) job.SpecJson = "";
        if (job.ResultJson.Length > MaxListedText) job.ResultJson = "";
        return job;
    }

    private async Task<JobRecord> FindAsync(string id)
        => await jobs.ReadAsync(id) ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no job '{id}'"));

    private string Token() => office.Token ?? throw NotChief();

    private static RpcException NotChief() => new(new Status(StatusCode.Unavailable, "this coordinator is not the chief now; try again"));
}
