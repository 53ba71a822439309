using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Workers;
using Cluster.Worker.Slots;

namespace Cluster.Worker.Training;

/// <summary>A device slot's exchange with the ps tasks: gradients up, parameters down, one item at a time, over streams that outlive items.</summary>
/// <remarks>
/// One loop computes and sends. The streams' receiving tasks call the sink, which locks for a moment and wakes the loop.
/// Where a gradient takes a few µs the loop goes on on the receiving thread, as a thread's wake-up costs more; longer
/// ones are computed on a thread of their own. A step neither allocates nor touches Redis or the broker.
/// </remarks>
internal sealed partial class SegmentExchange : IExchangeSink, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortGradient = TimeSpan.FromMicroseconds(50);

    private readonly SegmentExchangeContext _context;
    private readonly SlotMemory _memory;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WakeUp _arrived = new();
    private readonly SegmentFigures _figures;
    private readonly StoreConnections _stores;
    private readonly StoreSender _sender;
    private readonly ITimer _ticks;
    // Written by the loop, under the gate.
    private volatile AttachedItem? _item;
    private volatile bool _isHung;

    /// <param name="context">What the exchanges of a process share.</param>
    /// <param name="hardware">The slot's device; its owner keeps it.</param>
    public SegmentExchange(SegmentExchangeContext context, SlotDevice hardware)
    {
        (_context, _memory) = (context, new SlotMemory(hardware));
        _figures = new SegmentFigures(context.Metrics, context.Time);
        _stores = new StoreConnections(context, this, _arrived);
        _sender = new StoreSender(_stores, _gate, context.Time);
        _ticks = context.Time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Works on an item until its lanes are at the end of the segment, or it is over.</summary>
    /// <exception cref="BatchFailedException">The gradient of a batch threw.</exception>
    /// <exception cref="BatchHungException">One took too long: this exchange does nothing more.</exception>
    /// <exception cref="DeviceLostException">The device is lost, and is to be told so: see <see cref="SlotDevice.Lose"/>.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<SegmentOutcome> RunAsync(SegmentRun run, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loop = Task.Run(() => RunLoopAsync(run, hung, cancellationToken), CancellationToken.None);
        if (await Task.WhenAny(loop, hung.Task) == loop) return await loop;
        _isHung = true;
        var item = _item!;
        throw new BatchHungException(item.Gradient.Lane, item.Clock, _context.BatchTimeout, loop);
    }

    private async Task<SegmentOutcome> RunLoopAsync(SegmentRun run, TaskCompletionSource hung, CancellationToken cancellationToken)
    {
        try
        {
            var item = await AttachAsync(run, _memory.For(run), hung);
            await using var leave = cancellationToken.Register(() => Leave(item));
            var ending = await WorkAsync(item, cancellationToken);
            lock (_gate) return _figures.Outcome(ending, item.Work.End, item.Work.Newest);
        }
        finally
        {
            Detach();
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync();
        // Whoever hangs never gives the turn back; the process ends.
        if (_isHung) return;
        await _turn.WaitAsync();
        await _stores.CloseAsync();
        _memory.Dispose();
        _turn.Dispose();
    }

    private async Task<SegmentEnding> WorkAsync(AttachedItem item, CancellationToken cancellationToken)
    {
        var run = item.Run;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (item.IsMaintenanceDue || _stores.HasChanged(run.Context.Plan.Stores)) await MaintainAsync(item);
            if (TryEnd(item, out var action) is { } ending) return ending;
            switch (action.Kind)
            {
                case WorkActionKind.Request:
                    await _sender.RequestAsync(run, action);
                    break;
                case WorkActionKind.Compute:
                    Compute(item, action);
                    for (var task = 0; task < run.Context.Plan.Stores; task++)
                    {
                        if (!await _sender.PushAsync(run, task, action, item.Gradient, item.Work.Seen(task))) _figures.NotSent();
                    }

                    break;
                default:
                    await _arrived.WaitAsync();
                    break;
            }
        }
    }

    private async Task<AttachedItem> AttachAsync(SegmentRun run, SegmentMemory memory, TaskCompletionSource hung)
    {
        await _stores.UseAsync(run.Incarnations);
        var batch = new BatchWatch(Math.Max(1, _context.BatchTimeout.Ticks / Tick.Ticks));
        var generation = _context.Watch(run, Superseded);
        AttachedItem item;
        lock (_gate)
        {
            _stores.Begin();
            item = new AttachedItem(run, memory.Begin(run.Item), memory.Gradient, SegmentExchangeContext.NewWorker(), batch, generation, hung);
            _item = item;
            _figures.Begin();
        }

        _ticks.Change(Tick, Tick);
        return item;
    }

    private void Detach()
    {
        lock (_gate) _item = null;
        _stores.Detach();
        _ticks.Change(IdleLimit, Timeout.InfiniteTimeSpan);
    }

    private SegmentEnding? TryEnd(AttachedItem item, out WorkAction action)
    {
        lock (_gate)
        {
            action = default;
            if (item.HasDiverged) return SegmentEnding.Diverged;
            if (item.Refused is { } refused) throw refused;
            action = item.Work.Next();
            item.IsWaiting = action.Kind == WorkActionKind.Wait;
        }

        return action.Kind switch
        {
            WorkActionKind.Done => SegmentEnding.Reached,
            WorkActionKind.GiveUp => SegmentEnding.Superseded,
            _ => null,
        };
    }

    private void Compute(AttachedItem item, in WorkAction action)
    {
        var (work, gradient) = (item.Work, item.Gradient);
        ReadOnlyMemory<float> parameters;
        lock (_gate) parameters = work.Parameters;
        var started = _context.Time.GetTimestamp();
        item.BeginComputing(action.Clock);
        try
        {
            gradient.Compute(action.Block, action.Clock, parameters);
        }
        catch (Exception e)
        {
            throw BatchFailedException.Of(gradient.Lane, action.Clock, e);
        }
        finally
        {
            item.EndComputing();
        }

        var ended = _context.Time.GetTimestamp();
        item.IsShort = _context.Time.GetElapsedTime(started, ended) < ShortGradient;
        var isStep = _figures.Computed(action.Clock, gradient, ended);
        lock (_gate)
        {
            work.Computed(action.Block);
            if (isStep) _stores.GoOn();
        }
    }

    /// <summary>Attaches where a stream was opened, and asks again where there was no answer or one that said later.</summary>
    private async ValueTask MaintainAsync(AttachedItem item)
    {
        item.BeginMaintenance();
        var silence = _figures.Silence;
        for (var task = 0; task < item.Run.Context.Plan.Stores; task++)
        {
            bool attach;
            lock (_gate) attach = PrepareResend(item, task, _stores.Link(task).Stream, silence);
            if (attach) await _sender.AttachAsync(item.Run, task, item.Worker);
        }
    }

    private bool PrepareResend(AttachedItem item, int task, ExchangeStream? open, TimeSpan silence)
    {
        var peer = _stores.Peer(task);
        var attach = peer.IsAttachDue(open);
        if (attach) peer.Attach(open!);
        else if (!item.IsWaiting || !peer.TakeResendDue(silence)) return false;
        else _figures.Resent();
        item.Work.Resend(task);
        return attach;
    }

    private void OnTick()
    {
        if (_item is not { } item)
        {
            _ = CloseIdleAsync();
            return;
        }

        item.Tick();
        _sender.BreakLate(item.IsLeaving);
        _arrived.Set(inline: false);
    }

    private void Leave(AttachedItem item)
    {
        item.IsLeaving = true;
        _arrived.Set(inline: false);
    }

    private void Superseded(SegmentRun run, Generation current)
    {
        AttachedItem item;
        lock (_gate)
        {
            if (_item is not { } attached || attached.Run != run) return;
            item = attached;
            item.Work.CurrentGeneration(current);
        }

        Leave(item);
    }

    // A slot without work takes no stream of a job from those that have some, and no memory of its device.
    private async Task CloseIdleAsync()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_item is not null) return;
            await _stores.CloseAsync();
            _memory.Clear();
        }
        finally
        {
            _turn.Release();
        }
    }
}
