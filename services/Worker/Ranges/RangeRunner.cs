using Cluster.Compute.Computations;
using Cluster.Compute.Devices;
using Cluster.Contracts.Errors;
using Cluster.Protocol.Messages;
using Cluster.Storage.Ranges;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Ranges;

/// <summary>Runs one range on one device slot: claim, compute, record once.</summary>
internal sealed class RangeRunner(
    ComputationCatalog catalog, RedisRangeResults results, CodeDeadline deadline, IOptions<WorkerOptions> options, RangeMetrics metrics, TimeProvider time,
    ILogger<RangeRunner> logger)
{
    // The process is stopping; a claim that stays behind is seen by the coordinator when the lease is gone.
    private static readonly TimeSpan HandBackTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The event to tell the coordinator, or null where there is nothing new to tell.</summary>
    /// <exception cref="OperationCanceledException">The worker stops before the range is done: it is handed back.</exception>
    /// <exception cref="DeviceException">The device is lost: the range is handed back.</exception>
    public async Task<object?> RunAsync(ComputeRange item, DeviceSlot slot, CancellationToken cancellationToken)
    {
        var incarnation = slot.Task.Incarnation;
        var claim = await results.BeginAsync(item, incarnation, cancellationToken);
        metrics.Ended(item.Computation, claim.ToString());
        switch (claim)
        {
            case RangeClaim.Recorded or RangeClaim.Superseded:
                return null;
            case RangeClaim.Poisoned:
                return Failure(item, slot, $"{RangeLimits.MaxAttempts} workers left it without a result", permanent: true);
        }

        slot.Doing = $"{item.JobId} grains {item.From}-{item.To}";
        using var span = WorkTracing.Begin("range compute", item.JobId, slot.FullName.ToString());
        span?.SetTag("cluster.grain.from", item.From).SetTag("cluster.grain.to", item.To);
        try
        {
            return await ComputeAsync(item, slot, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(HandBackTimeout);
            await results.HandBackAsync(item, incarnation, limit.Token);
            throw;
        }
        catch (ComputationFailedException failure) when (failure.InnerException is DeviceException { IsDeviceLost: true } loss)
        {
            await slot.LoseAsync(loss);
            // The device is to blame and not the range, unless it takes one device after the other with it.
            if (await results.LoseDeviceAsync(item, incarnation, cancellationToken) < RangeLimits.MaxDeviceLosses) throw loss;
            return Failure(item, slot, $"its device was lost {RangeLimits.MaxDeviceLosses} times: {slot.Hardware.Unhealthy}", permanent: true);
        }
        catch (ComputationFailedException failure)
        {
            var cause = failure.InnerException!;
            RangeLog.Failed(logger, cause, item.JobId, item.From, item.To);
            await results.FailAsync(item, incarnation, cancellationToken);
            return Failure(item, slot, FailureText.Of(cause), permanent: cause is ArgumentException);
        }
    }

    private async Task<object?> ComputeAsync(ComputeRange item, DeviceSlot slot, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var payload = await GuardAsync(item, slot, cancellationToken);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        metrics.Computed(item.Computation, seconds);

        var device = slot.FullName.ToString();
        if (!await results.RecordAsync(item, payload, device, cancellationToken)) return null;
        return new RangeComputed
        {
            JobId = item.JobId,
            Generation = item.Generation,
            From = item.From,
            To = item.To,
            Device = device,
            Seconds = seconds,
        };
    }

    /// <exception cref="ComputationFailedException">It threw or took too long, and not because this worker stops.</exception>
    private async Task<byte[]> GuardAsync(ComputeRange item, DeviceSlot slot, CancellationToken cancellationToken)
    {
        try
        {
            return await deadline.GuardAsync(options.Value.RangeTimeout, token =>
            {
                var computation = catalog.Bind(item.Computation, item.Arguments);
                var space = new GrainSpace(item.IndexCount, item.GrainSize);
                return RangeComputer.Compute(computation, space, new GrainRange(item.From, item.To), slot.Hardware.Open, token);
            }, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ComputationFailedException(e);
        }
    }

    private static RangeFailed Failure(ComputeRange item, DeviceSlot slot, string error, bool permanent) => new()
    {
        JobId = item.JobId,
        Generation = item.Generation,
        From = item.From,
        To = item.To,
        Device = slot.FullName.ToString(),
        Error = error,
        Permanent = permanent,
    };
}
