using System.Diagnostics;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>Does what the supervisor of a job decided: calls ps tasks, starts generations, publishes items, begins commits. Owned by one runner.</summary>
/// <remarks>Whatever does not get through is decided again from what the store and the ps tasks say.</remarks>
internal sealed class SupervisorActions(
    TrainingJob training, TrainingPlan plan, StoreView stores, CommitStage commits, JobTrace trace, RedisTraining records, TrainingPlanner planner,
    WorkPublisher publisher, JobMetrics metrics, TrainingMetrics trainingMetrics, TimeProvider time, ILogger<SupervisorActions> logger)
{
    private const int MaxFailedLoads = 5;
    private static readonly TimeSpan LoadBackoff = TimeSpan.FromMilliseconds(100);

    private readonly V1.Shard?[] _shards = new V1.Shard?[plan.Stores];
    private long? _published;
    private Generation _publishedIn;
    private long? _advanced;
    private int _failedLoads;
    private int _shift;
    private IReadOnlyList<SegmentItem> _unsent = [];

    /// <summary>What a ps task waits for before it takes the job; empty while none does.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>Does one command.</summary>
    /// <returns>The error with which the job ends; null while it goes on.</returns>
    /// <exception cref="JobMovedException">The job is not this chief's any more, or has ended.</exception>
    public async Task<string?> DoAsync(SupervisorCommand command, JobRecord job, TrainingRecord record, TrainingPlacement? placement,
        CancellationToken cancellationToken)
    {
        switch (command)
        {
            case SupervisorCommand.StepDown:
                throw new JobMovedException("fenced");
            case SupervisorCommand.StartGeneration start:
                return await StartAsync(start.Request, cancellationToken);
            case SupervisorCommand.Open open:
                return await OpenAsync(open);
            case SupervisorCommand.Advance advance:
                await AdvanceAsync(advance);
                return null;
            case SupervisorCommand.WriteAgain again:
                await WriteAgainAsync(again);
                return null;
            case SupervisorCommand.Flip or SupervisorCommand.ConfirmDurable or SupervisorCommand.DeleteSnapshots:
                commits.Begin(command, record, cancellationToken);
                return null;
            case SupervisorCommand.Publish publish:
                await PublishAsync(publish.Items, job, placement, cancellationToken);
                return null;
            case SupervisorCommand.Fail fail:
                return Describe(fail);
            default:
                return null;
        }
    }

    /// <summary>Sends the items of the open segment that the broker did not take, or that no device was there for.</summary>
    public async Task SendAsync(JobRecord job, TrainingPlacement? placement, CancellationToken cancellationToken)
    {
        if (_unsent.Count == 0 || placement is null) return;
        using var span = trace.Begin("segment publish");
        await SendUnsentAsync(job, placement, cancellationToken);
    }

    private async Task SendUnsentAsync(JobRecord job, TrainingPlacement placement, CancellationToken cancellationToken)
    {
        var sent = await Task.WhenAll(_unsent.Select((item, i) => SendAsync(job, item, placement.Slot(_shift + i), cancellationToken)));
        metrics.Published(sent.Count(isSent => isSent));
        _unsent = [.. _unsent.Where((_, i) => !sent[i])];
    }

    private Task<bool> SendAsync(JobRecord job, SegmentItem item, PlacementKey slot, CancellationToken cancellationToken) =>
        publisher.SendAsync(job, slot.Queue, TrainSegment.Of(training.Id, item, slot.Device.ToString()), cancellationToken);

    /// <summary>All ps tasks serve: what they loaded was right.</summary>
    public void Served() => _failedLoads = 0;

    private async Task<string?> StartAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        // The same commit may be unreadable for a moment, while Redis restarts, or for ever.
        if (stores.LoadError is { } error)
        {
            if (++_failedLoads > MaxFailedLoads) return $"the last commit cannot be loaded: {error}";
            await Task.Delay(LoadBackoff * (1 << _failedLoads), time, cancellationToken);
        }

        using var span = trace.Begin("generation start");
        if (Require(await records.StartGenerationAsync(training.Id, training.Owner, request)) != TrainingAnswer.Done) return null;
        var clock = (await records.ReadAsync(training.Id))?.Protocol.Manifest?.Clock ?? 0;
        TrainingLog.GenerationStarted(logger, training.Id, request.Next, clock);
        trainingMetrics.GenerationStarted();
        return null;
    }

    private async Task<string?> OpenAsync(SupervisorCommand.Open open)
    {
        using var span = trace.Begin("shard open");
        var request = new V1.OpenRequest
        {
            Job = training.Id,
            Task = open.Task,
            Generation = open.Generation.ToMessage(),
            Shard = _shards[open.Task] ??= planner.ShardOf(plan, open.Task),
            Committed = open.Manifest?.Snapshots[open.Task].ToMessage(),
        };
        try
        {
            await stores.CallAsync(open.Task, (client, options) => client.OpenAsync(request, options));
            WaitingFor = "";
            return null;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            if (WaitingFor.Length == 0) TrainingLog.StoreRefused(logger, training.Id, open.Task, e.Status.Detail);
            WaitingFor = $"memory on /job:ps/task:{open.Task}";
            return null;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition)
        {
            return $"/job:ps/task:{open.Task} refuses the job: {e.Status.Detail}";
        }
    }

    private async Task AdvanceAsync(SupervisorCommand.Advance advance)
    {
        using var span = BeginAdvance(advance.Segment);
        var request = new V1.AdvanceRequest
        {
            Job = training.Id,
            Task = advance.Task,
            Generation = advance.Generation.ToMessage(),
            Committed = advance.Committed,
            Segment = advance.Segment.ToMessage(),
        };
        await stores.CallAsync(advance.Task, (client, options) => client.AdvanceAsync(request, options));
    }

    /// <summary>The first word of a new segment, to whichever ps task, begins a stretch.</summary>
    private Activity? BeginAdvance(Segment segment)
    {
        if (_advanced == segment.From) return trace.Begin("segment advance");
        _advanced = segment.From;
        return trace.BeginStretch("segment advance");
    }

    private async Task WriteAgainAsync(SupervisorCommand.WriteAgain again)
    {
        using var span = trace.Begin("snapshot write again");
        var request = new V1.WriteAgainRequest { Job = training.Id, Task = again.Task, Generation = again.Generation.ToMessage(), Clock = again.Clock };
        await stores.CallAsync(again.Task, (client, options) => client.WriteAgainAsync(request, options));
    }

    private async Task PublishAsync(IReadOnlyList<SegmentItem> items, JobRecord job, TrainingPlacement? placement, CancellationToken cancellationToken)
    {
        using var span = trace.Begin("segment publish");
        var (generation, segment) = (items[0].Generation, items[0].Segment);
        // Noted beside their way to the broker, which a slow Redis would hold up.
        var noted = records.PublishedAsync(training.Id, training.Owner, generation, segment, items.Count).Abandonable();
        var isAgain = _published == segment.From && _publishedIn == generation;
        Tell(segment, items.Count, isAgain);
        // Not to the slot where they stood still.
        _shift = isAgain ? _shift + 1 : 0;
        (_published, _publishedIn) = (segment.From, generation);
        _unsent = items;
        if (placement is not null) await SendUnsentAsync(job, placement, cancellationToken);
        Require(await noted);
    }

    private void Tell(Segment segment, int items, bool isAgain)
    {
        trace.Sent(items);
        if (isAgain)
        {
            TrainingLog.Republished(logger, training.Id, segment, items);
            metrics.Republished("its lanes stand still", items);
            return;
        }

        TrainingLog.Published(logger, training.Id, segment, items);
        trainingMetrics.SegmentPublished(segment.To - segment.From);
    }

    private string Describe(SupervisorCommand.Fail fail)
    {
        var divergence = fail.Divergence;
        var tensor = plan.TensorAt(plan.Offsets[fail.Task] + divergence.Offset);
        var what = divergence.InGradient ? "the gradient of" : "the update of";
        return $"diverged at clock {divergence.Clock}, {divergence.Lanes}: {what} tensor {tensor.Name} is not finite";
    }

    private static TrainingAnswer Require(TrainingAnswer answer) => answer switch
    {
        TrainingAnswer.Fenced => throw new JobMovedException("fenced"),
        TrainingAnswer.Closed => throw new JobMovedException("closed"),
        _ => answer,
    };
}
