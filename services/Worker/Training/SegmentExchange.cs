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
    private SegmentRun? _run;
    private SegmentWork? _work;
    private ulong _worker;
    private Exception? _refused;
    private bool _hasDiverged;
    private bool _isWaiting;
    private GenerationWatch? _watch;
    private BlockGradient? _gradient;
    private BatchWatch? _batch;
    private TaskCompletionSource? _hung;
    private long _clock;
    private volatile bool _isComputing;
    private volatile bool _isHung;
    private volatile bool _isShort;
    private volatile bool _ticked;
    private volatile bool _isLeaving;

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
        throw new BatchHungException(_gradient!.Lane, _clock, _context.BatchTimeout, loop);
    }

    private async Task<SegmentOutcome> RunLoopAsync(SegmentRun run, TaskCompletionSource hung, CancellationToken cancellationToken)
    {
        try
        {
            var memory = _memory.For(run);
            await BeginAsync(run, memory, hung);
            await using var leave = cancellationToken.Register(Leave);
            var ending = await WorkAsync(memory.Gradient, cancellationToken);
            lock (_gate) return _figures.Outcome(ending, _work!.End, _work.Newest);
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

    private async Task<SegmentEnding> WorkAsync(BlockGradient gradient, CancellationToken cancellationToken)
    {
        var run = _run!;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_ticked || _stores.HasChanged(run.Context.Plan.Stores)) await MaintainAsync(run);
            if (TryEnd(out var action) is { } ending) return ending;
            switch (action.Kind)
            {
                case WorkActionKind.Request:
                    await _sender.RequestAsync(run, action);
                    break;
                case WorkActionKind.Compute:
                    Compute(gradient, action);
                    for (var task = 0; task < run.Context.Plan.Stores; task++)
                    {
                        if (!await _sender.PushAsync(run, task, action, gradient, _work!.Seen(task))) _figures.NotSent();
                    }

                    break;
                default:
                    await _arrived.WaitAsync();
                    break;
            }
        }
    }

    private async Task BeginAsync(SegmentRun run, SegmentMemory memory, TaskCompletionSource hung)
    {
        await _stores.UseAsync(run.Incarnations);
        lock (_gate)
        {
            _stores.Begin();
            (_run, _work, _worker) = (run, memory.Begin(run.Item), SegmentExchangeContext.NewWorker());
            (_refused, _hasDiverged, _isWaiting) = (null, false, false);
            (_isShort, _isLeaving, _ticked) = (false, false, true);
            _figures.Begin();
        }

        (_gradient, _hung, _batch) = (memory.Gradient, hung, new BatchWatch(Math.Max(1, _context.BatchTimeout.Ticks / Tick.Ticks)));
        _watch = _context.Watch(run, Superseded);
        _ticks.Change(Tick, Tick);
    }

    private void Detach()
    {
        lock (_gate) (_run, _work, _watch) = (null, null, null);
        _stores.Detach();
        _ticks.Change(IdleLimit, Timeout.InfiniteTimeSpan);
    }

    private SegmentEnding? TryEnd(out WorkAction action)
    {
        lock (_gate)
        {
            action = default;
            if (_hasDiverged) return SegmentEnding.Diverged;
            if (_refused is { } refused) throw refused;
            action = _work!.Next();
            _isWaiting = action.Kind == WorkActionKind.Wait;
        }

        return action.Kind switch
        {
            WorkActionKind.Done => SegmentEnding.Reached,
            WorkActionKind.GiveUp => SegmentEnding.Superseded,
            _ => null,
        };
    }

    private void Compute(BlockGradient gradient, in WorkAction action)
    {
        var work = _work!;
        ReadOnlyMemory<float> parameters;
        lock (_gate) parameters = work.Parameters;
        var started = _context.Time.GetTimestamp();
        _clock = action.Clock;
        _isComputing = true;
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
            _isComputing = false;
        }

        var ended = _context.Time.GetTimestamp();
        _isShort = _context.Time.GetElapsedTime(started, ended) < ShortGradient;
        var isStep = _figures.Computed(action.Clock, gradient, ended);
        lock (_gate)
        {
            work.Computed(action.Block);
            if (isStep) _stores.GoOn();
        }
    }

    /// <summary>Attaches where a stream was opened, and asks again where there was no answer or one that said later.</summary>
    private async ValueTask MaintainAsync(SegmentRun run)
    {
        _ticked = false;
        var silence = _figures.Silence;
        for (var task = 0; task < run.Context.Plan.Stores; task++)
        {
            bool attach;
            lock (_gate) attach = PrepareResend(task, _stores.Link(task).Stream, silence);
            if (attach) await _sender.AttachAsync(run, task, _worker);
        }
    }

    private bool PrepareResend(int task, ExchangeStream? open, TimeSpan silence)
    {
        var peer = _stores.Peer(task);
        var attach = peer.IsAttachDue(open);
        if (attach) peer.Attach(open!);
        else if (!_isWaiting || !peer.TakeResendDue(silence)) return false;
        else _figures.Resent();
        _work!.Resend(task);
        return attach;
    }

    private void OnTick()
    {
        if (_watch is not { } watch)
        {
            _ = CloseIdleAsync();
            return;
        }

        watch.Tick();
        if (_batch!.IsLate(_isComputing ? _gradient!.Lanes : -1)) _hung!.TrySetResult();
        _sender.BreakLate(_isLeaving);
        _ticked = true;
        _arrived.Set(inline: false);
    }

    private void Leave()
    {
        _isLeaving = true;
        _arrived.Set(inline: false);
    }

    private void Superseded(SegmentRun run, Generation current)
    {
        lock (_gate)
        {
            if (_run != run) return;
            _work!.CurrentGeneration(current);
        }

        Leave();
    }

    // A slot without work takes no stream of a job from those that have some, and no memory of its device.
    private async Task CloseIdleAsync()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_run is not null) return;
            await _stores.CloseAsync();
            _memory.Clear();
        }
        finally
        {
            _turn.Release();
        }
    }
}
