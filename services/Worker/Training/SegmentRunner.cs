using Cluster.Models.Data;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Training;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Slots;

namespace Cluster.Worker.Training;

/// <summary>Runs one item of a training job on a device slot: begins it in Redis, exchanges with the ps tasks, ends it.</summary>
internal sealed class SegmentRunner(
    RedisTraining training, TrainingInputsCache contexts, SegmentExchanges exchanges, CodeDeadline deadline, ILogger<SegmentRunner> logger)
{
    private static readonly TimeSpan PassOnPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>The event to tell the coordinator, or null where there is nothing new to tell.</summary>
    /// <exception cref="OperationCanceledException">The worker stops before the item is done: it goes back to the queue.</exception>
    /// <exception cref="InvalidOperationException">This worker does not have the model: as above.</exception>
    /// <exception cref="DeviceLostException">The device is lost: as above, for another device or for this one when it is back.</exception>
    public async Task<object?> RunAsync(TrainSegment message, bool isRedelivered, DeviceSlot slot, CancellationToken cancellationToken)
    {
        var item = message.ToItem();
        var record = await RetryAsync(() => training.ReadAsync(message.JobId), cancellationToken);
        if (record is not { IsRunning: true, Plan: not null } || record.Protocol.Generation != item.Generation) return Superseded(message);
        if (!contexts.Has(record.Plan.Spec.Model)) await PassOnAsync(record.Plan.Spec.Model, cancellationToken);
        if (await RetryAsync(() => training.BeginItemAsync(message.JobId, item, isRedelivered), cancellationToken) is not { } left) return Superseded(message);
        if (left >= RangeLimits.MaxAttempts) return Poisoned(message, slot, left);
        using var span = WorkTracing.Begin("segment train", message.JobId, slot.FullName.ToString());
        span?.SetTag("cluster.clock.from", message.From).SetTag("cluster.clock.to", message.To).SetTag("cluster.lanes", item.Lanes.ToString());
        slot.Doing = $"{message.JobId} {item.Lanes} clocks {message.From}-{message.To}";
        try
        {
            return await RunAsync(message, item, record, slot, cancellationToken);
        }
        finally
        {
            await EndAsync(message, item);
        }
    }

    private async Task<object?> RunAsync(TrainSegment message, SegmentItem item, TrainingRecord record, DeviceSlot slot, CancellationToken cancellationToken)
    {
        try
        {
            var context = await ContextAsync(message, item, record, cancellationToken);
            var run = new SegmentRun(message.JobId, item, context, record.Protocol.Incarnations);
            var outcome = await exchanges.Of(slot).RunAsync(run, cancellationToken);
            switch (outcome.Ending)
            {
                case SegmentEnding.Reached:
                    return Reached(message, slot, context, outcome);
                case SegmentEnding.Diverged:
                    TrainingLog.Diverged(logger, message.JobId, message.From, message.To);
                    return null;
                default:
                    return Superseded(message);
            }
        }
        catch (BatchFailedException failure)
        {
            TrainingLog.BatchFailed(logger, failure.InnerException!, message.JobId, failure.Lane, failure.Clock);
            var attempts = await RetryAsync(
                () => training.FailBatchAsync(message.JobId, message.Generation, failure.Lane, failure.Clock), cancellationToken);
            if (failure is BatchHungException hung) deadline.End(hung.Loop, hung.Limit);
            return attempts is null ? null : Failed(message, slot, failure, attempts.Value);
        }
        catch (DeviceLostException loss)
        {
            await slot.LoseAsync(loss.Cause);
            TrainingLog.DeviceLost(logger, message.JobId, message.From, message.To, loss.Lane, loss.Clock);
            // The device is to blame and not the batch, unless it takes one device after the other with it.
            var losses = await RetryAsync(() => training.LoseDeviceAsync(message.JobId, message.Generation, loss.Lane, loss.Clock), cancellationToken);
            if (losses < RangeLimits.MaxDeviceLosses) throw;
            return losses is null ? null : Lost(message, slot, loss, losses.Value);
        }
    }

    // Another worker has it, or the coordinator would not have sent the item.
    private static async Task PassOnAsync(string model, CancellationToken cancellationToken)
    {
        await Task.Delay(PassOnPause, cancellationToken);
        throw new InvalidOperationException($"this worker has no model '{model}'; the item goes back to the queue");
    }

    // What is wrong with the model or the data as a whole counts against the first batch of the item.
    private async Task<TrainingInputs> ContextAsync(TrainSegment message, SegmentItem item, TrainingRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var context = await contexts.GetAsync(message.JobId, record.Plan!, cancellationToken);
            var lanes = context.Tree.Lanes;
            if (item.Lanes.IsEmpty || item.Lanes.Run(lanes).Count > 0 || message.From < 0 || message.To > context.Plan.Schedule().TotalClocks)
                throw new ArgumentException($"{item.Lanes} at clocks {item.Segment} are not of this job; it has {lanes} lanes and "
                    + $"{context.Plan.Schedule().TotalClocks} clocks");
            if (record.Protocol.Incarnations.Count != context.Plan.Stores)
                throw new ArgumentException($"the generation names {record.Protocol.Incarnations.Count} ps tasks, the job's plan {context.Plan.Stores}");
            return context;
        }
        catch (Exception e) when (e is not OperationCanceledException && !RedisErrors.IsTransient(e))
        {
            throw new BatchFailedException(item.Lanes.Run(0).First, message.From, e);
        }
    }

    private object? Superseded(TrainSegment message)
    {
        TrainingLog.Superseded(logger, message.JobId, message.From, message.To, message.Generation);
        return null;
    }

    // A Redis that takes longer gets the mark all the same, before what this worker begins next.
    private async Task EndAsync(TrainSegment message, SegmentItem item)
    {
        var marked = training.EndItemAsync(message.JobId, item).Abandonable();
        await Task.WhenAny(marked, Task.Delay(EndLimit));
        if (!marked.IsCompleted) return;
        try
        {
            await marked;
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            TrainingLog.NotEnded(logger, message.JobId, message.From, message.To, e.Message);
        }
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async token => await call().Abandonable().WaitAsync(token), cancellationToken);

    private static SegmentReached Reached(TrainSegment message, DeviceSlot slot, TrainingInputs context, in SegmentOutcome outcome) => new()
    {
        JobId = message.JobId,
        Generation = message.Generation,
        From = message.From,
        To = outcome.End,
        Device = slot.FullName.ToString(),
        Lanes = message.ToItem().Lanes.ToString(),
        LossSum = outcome.LossSum,
        Examples = outcome.Examples,
        Unsent = outcome.Unsent,
        Resent = outcome.Resent,
        Parameters = Partial(context, outcome.Newest),
    };

    private static IReadOnlyList<PartialTensor> Partial(TrainingInputs context, ReadOnlyMemory<float> parameters) =>
        parameters.Length is 0 or > PartialTensor.MaxParameters
            ? []
            : [.. context.Plan.Tensors.Select(tensor => new PartialTensor(tensor.Name, parameters.Slice(tensor.Offset, tensor.Length).ToArray()))];

    private static SegmentFailed Failed(TrainSegment message, DeviceSlot slot, BatchFailedException failure, long attempts) => Failed(
        message, slot, failure.Lane, failure.Clock, failure.Message, attempts,
        failure.InnerException is ArgumentException or DataFormatException or NotFiniteNumberException);

    private static SegmentFailed Lost(TrainSegment message, DeviceSlot slot, DeviceLostException loss, long losses) =>
        Failed(message, slot, loss.Lane, loss.Clock, $"its device was lost {losses} times: {loss.Message}", losses, isPermanent: true);

    private static SegmentFailed Poisoned(TrainSegment message, DeviceSlot slot, long left) => Failed(
        message, slot, message.Lanes[0], message.From, $"{left} workers left clocks {message.From}-{message.To} of {message.ToItem().Lanes} unfinished",
        left, isPermanent: true);

    private static SegmentFailed Failed(TrainSegment message, DeviceSlot slot, int lane, long clock, string error, long attempts, bool isPermanent) => new()
    {
        JobId = message.JobId,
        Generation = message.Generation,
        Lane = lane,
        Clock = clock,
        Device = slot.FullName.ToString(),
        Error = error.ReplaceLineEndings(" "),
        Attempts = attempts,
        Permanent = isPermanent,
    };
}
