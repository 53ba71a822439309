using Cluster.Compute.Devices;
using Cluster.Contracts.Errors;
using Cluster.Protocol.Commits;
using Cluster.Worker.Deadlines;

namespace Cluster.Worker.Training;

/// <summary>An item on its way through the exchange loop.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Item">What is asked.</param>
/// <param name="Context">Model and data.</param>
/// <param name="Incarnations">The ps processes that the item's generation names, by index.</param>
internal sealed record SegmentRun(string JobId, SegmentItem Item, TrainingInputs Context, IReadOnlyList<ulong> Incarnations);

internal enum SegmentEnding
{
    /// <summary>The item's lanes are at the end of the segment.</summary>
    Reached,

    /// <summary>The generation is over, or the job does not run.</summary>
    Superseded,

    /// <summary>A value is not finite; the ps task that found it has told the coordinator.</summary>
    Diverged,
}

/// <summary>What became of an item.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="End">The clock at which the segment ended, which may be earlier than the item said.</param>
/// <param name="LossSum">Sum of the losses of the batches that were computed for it.</param>
/// <param name="Examples">Examples of those batches.</param>
/// <param name="Unsent">Gradients that could not be handed to a ps task, as the stream was broken.</param>
/// <param name="Resent">Times that a ps task was asked again for what it had not answered.</param>
/// <param name="Newest">The newest parameters that are there as a whole, empty for none; valid until the slot's next item.</param>
internal readonly record struct SegmentOutcome(SegmentEnding Ending, long End, double LossSum, long Examples, long Unsent, long Resent,
    ReadOnlyMemory<float> Newest);

/// <summary>The gradient of a batch threw, or was refused as malformed.</summary>
internal class BatchFailedException(int lane, long clock, Exception cause) : Exception(FailureText.Of(cause), cause)
{
    public int Lane { get; } = lane;

    public long Clock { get; } = clock;

    /// <summary>What a batch came to that threw: its failure, or the loss of the device, of which others have to hear.</summary>
    public static Exception Of(int lane, long clock, Exception cause) => cause is DeviceException { IsDeviceLost: true } loss
        ? new DeviceLostException(lane, clock, loss)
        : new BatchFailedException(lane, clock, cause);
}

/// <summary>A lane was not done in time, and does not end.</summary>
internal sealed class BatchHungException(int lane, long clock, TimeSpan limit, Task loop) : BatchFailedException(lane, clock, new LateException(limit))
{
    public TimeSpan Limit { get; } = limit;

    /// <summary>The exchange loop that waits for it.</summary>
    public Task Loop { get; } = loop;
}

/// <summary>The slot's device was lost at a batch, which is not to blame unless it happens again and again.</summary>
internal sealed class DeviceLostException(int lane, long clock, DeviceException cause) : Exception(cause.Message, cause)
{
    public int Lane { get; } = lane;

    public long Clock { get; } = clock;

    public DeviceException Cause { get; } = cause;
}
