using Cluster.Protocol.Workers;

namespace Cluster.Worker.Training;

/// <summary>The item that an exchange works on: made when it is attached, forgotten when it is detached, so that nothing of one comes into the next.</summary>
/// <remarks>
/// The exchange's loop owns it. <see cref="Work"/>, <see cref="Refused"/>, <see cref="HasDiverged"/> and <see cref="IsWaiting"/> are guarded by the
/// exchange's gate; the others that change are flags between the loop and the timer.
/// </remarks>
/// <param name="run">The item, and what it is done with.</param>
/// <param name="work">Which steps are next.</param>
/// <param name="gradient">Computes them.</param>
/// <param name="worker">Names the item's work to the ps tasks.</param>
/// <param name="batch">Notices a lane that takes too long.</param>
/// <param name="generation">Asks whether the item is still wanted.</param>
/// <param name="hung">Ended where one does.</param>
internal sealed class AttachedItem(
    SegmentRun run, SegmentWork work, BlockGradient gradient, ulong worker, BatchWatch batch, GenerationWatch generation, TaskCompletionSource hung)
{
    private volatile bool _isComputing;
    private volatile bool _isShort;
    private volatile bool _ticked = true;
    private volatile bool _isLeaving;

    public SegmentRun Run { get; } = run;

    public SegmentWork Work { get; } = work;

    public BlockGradient Gradient { get; } = gradient;

    public ulong Worker { get; } = worker;

    /// <summary>What a ps task refused for good.</summary>
    public Exception? Refused { get; set; }

    public bool HasDiverged { get; set; }

    /// <summary>Whether the loop waits for ps tasks.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>The clock that was begun last.</summary>
    public long Clock { get; private set; }

    /// <summary>Whether the last gradient took less than a thread's wake-up.</summary>
    public bool IsShort { get => _isShort; set => _isShort = value; }

    /// <summary>Whether maintenance is due: once for an item that was just attached, and after each tick.</summary>
    public bool IsMaintenanceDue => _ticked;

    /// <summary>Whether the item is to be handed back as it is.</summary>
    public bool IsLeaving { get => _isLeaving; set => _isLeaving = value; }

    public void BeginComputing(long clock) => (Clock, _isComputing) = (clock, true);

    public void EndComputing() => _isComputing = false;

    public void BeginMaintenance() => _ticked = false;

    /// <summary>Looks whether the item is still wanted, notices a batch that hangs, and makes maintenance due. For the timer.</summary>
    public void Tick()
    {
        generation.Tick();
        if (batch.IsLate(_isComputing ? Gradient.Lanes : -1)) hung.TrySetResult();
        _ticked = true;
    }
}
