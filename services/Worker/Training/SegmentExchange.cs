using System.Runtime.CompilerServices;
using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Parameters;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

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
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortGradient = TimeSpan.FromMicroseconds(50);
    private const int SilentSteps = 8;
    private const int Nobody = -1;

    private readonly SegmentExchangeContext _context;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WakeUp _arrived = new();
    private readonly StepTimes _stepTimes = new();
    private readonly List<StoreLink> _links = [];
    private readonly List<StorePeer> _peers = [];
    private readonly List<SegmentMemory> _memories = [];
    private readonly ITimer _ticks;
    private SegmentRun? _run;
    private ILaneWork? _work;
    private ulong _worker;
    private Exception? _refused;
    private bool _hasDiverged;
    private bool _isWaiting;
    private long _clock;
    private long _stepped;
    private double _lossSum;
    private long _examples;
    private GenerationWatch? _watch;
    private volatile bool _isShort;
    private volatile bool _ticked;
    private volatile bool _isLeaving;
    private volatile int _sendingTo = Nobody;
    private long _sendingSince;

    public SegmentExchange(SegmentExchangeContext context)
    {
        _context = context;
        _ticks = context.Time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Works on an item until its lanes are at the end of the segment, or it is over.</summary>
    /// <exception cref="BatchFailedException">The gradient of a batch threw.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<SegmentOutcome> RunAsync(SegmentRun run, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            SegmentMemory memory = MemoryFor(run);
            await BeginAsync(run, memory);
            await using CancellationTokenRegistration leave = cancellationToken.Register(Leave);
            SegmentEnding ending = await WorkAsync(memory.Gradient, cancellationToken);
            return End(ending);
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
        await _turn.WaitAsync();
        await CloseLinksAsync();
        _turn.Dispose();
    }

    private async Task<SegmentEnding> WorkAsync(BlockGradient gradient, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsMaintenanceDue()) await MaintainAsync();
            if (TryEnd(out WorkAction action) is { } ending) return ending;
            switch (action.Kind)
            {
                case WorkActionKind.Request:
                    await RequestAsync(action);
                    break;
                case WorkActionKind.Compute:
                    Compute(gradient, action);
                    for (int task = 0; task < _run!.Context.Plan.Stores; task++)
                        await PushAsync(task, action, gradient);
                    break;
                default:
                    await _arrived.WaitAsync();
                    break;
            }
        }
    }

    private async Task BeginAsync(SegmentRun run, SegmentMemory memory)
    {
        while (_links.Count < run.Incarnations.Count)
        {
            _links.Add(_context.CreateLink(_links.Count, this, _arrived));
            _peers.Add(new StorePeer(_context.Time));
        }

        for (int task = 0; task < run.Incarnations.Count; task++)
            await _links[task].UseAsync(run.Incarnations[task]);
        lock (_gate)
        {
            foreach (StorePeer peer in _peers) peer.Begin();
            (_run, _work, _worker) = (run, memory.Begin(run.Item), SegmentExchangeContext.NewWorker());
            (_refused, _hasDiverged, _isWaiting, _clock) = (null, false, false, -1);
            (_lossSum, _examples, _isShort, _isLeaving, _ticked) = (0, 0, false, false, true);
        }

        _stepTimes.Clear();
        _watch = _context.Watch(run, Superseded);
        _ticks.Change(Tick, Tick);
    }

    private SegmentOutcome End(SegmentEnding ending)
    {
        lock (_gate) return new SegmentOutcome(ending, _lossSum, _examples, _work!.Newest);
    }

    // Afterwards no stream writes to the item's buffers but for the rest of a slice, which nobody reads any more.
    private void Detach()
    {
        lock (_gate) (_run, _work, _watch) = (null, null, null);
        foreach (StoreLink link in _links) link.Stream?.Detach();
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
        ILaneWork work = _work!;
        ReadOnlyMemory<float> parameters;
        lock (_gate) parameters = work.Parameters;
        long started = _context.Time.GetTimestamp();
        try
        {
            gradient.Compute(action.Block, action.Clock, parameters.Span);
        }
        catch (Exception e)
        {
            throw new BatchFailedException(gradient.Lane, action.Clock, e);
        }

        long ended = _context.Time.GetTimestamp();
        _isShort = _context.Time.GetElapsedTime(started, ended) < ShortGradient;
        lock (_gate) work.Computed(action.Block);
        _lossSum += gradient.Loss;
        _examples += gradient.Examples;
        _context.Metrics.Computed(gradient.Examples);
        Step(action.Clock, ended);
    }

    private void Step(long clock, long now)
    {
        if (clock == _clock) return;
        if (_clock >= 0)
        {
            TimeSpan took = _context.Time.GetElapsedTime(_stepped, now);
            _stepTimes.Add(took);
            _context.Metrics.Stepped(took);
        }

        (_clock, _stepped) = (clock, now);
        lock (_gate)
        {
            foreach (StorePeer peer in _peers) peer.GoOn();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PushAsync(int task, WorkAction action, BlockGradient gradient)
    {
        if (BeginSend(task) is not { } stream) return;
        IReadOnlyList<int> offsets = _run!.Context.Plan.Offsets;
        ReadOnlyMemory<float> slice = gradient.Sum[offsets[task]..offsets[task + 1]];
        try
        {
            await stream.PushAsync(_run.Item.Generation, action.Block, action.Clock, gradient.Examples, slice, _work!.Seen(task));
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            // Its receiving task opens another one, and what was not answered is done again then.
        }

        _sendingTo = Nobody;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RequestAsync(WorkAction action)
    {
        if (BeginSend(action.Task) is not { } stream) return;
        try
        {
            await stream.RequestAsync(_run!.Item.Generation, action.Clock);
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            // As with a push.
        }

        _sendingTo = Nobody;
    }

    private async ValueTask AttachAsync(int task)
    {
        if (BeginSend(task) is not { } stream) return;
        try
        {
            await stream.AttachAsync(_run!.JobId, _run.Item.Generation, _worker);
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            // As with a push.
        }

        _sendingTo = Nobody;
    }

    private ExchangeStream? BeginSend(int task)
    {
        StorePeer peer = _peers[task];
        lock (_gate)
        {
            if (peer.Stream is null) return null;
            peer.Heard();
        }

        Volatile.Write(ref _sendingSince, _context.Time.GetTimestamp());
        _sendingTo = task;
        return peer.Stream;
    }

    private bool IsMaintenanceDue()
    {
        if (_ticked) return true;
        for (int task = 0; task < _run!.Context.Plan.Stores; task++)
        {
            if (_links[task].Stream != _peers[task].Stream) return true;
        }

        return false;
    }

    /// <summary>Attaches where a stream was opened, and asks again where there was no answer or one that said later.</summary>
    private async ValueTask MaintainAsync()
    {
        _ticked = false;
        TimeSpan silence = _stepTimes.TryMedian(out TimeSpan median) && SilentSteps * median > Silence ? SilentSteps * median : Silence;
        for (int task = 0; task < _run!.Context.Plan.Stores; task++)
        {
            bool attach;
            lock (_gate) attach = PrepareResend(task, _links[task].Stream, silence);
            if (attach) await AttachAsync(task);
        }
    }

    private bool PrepareResend(int task, ExchangeStream? open, TimeSpan silence)
    {
        StorePeer peer = _peers[task];
        bool attach = peer.IsAttachDue(open);
        if (attach) peer.Attach(open!);
        else if (!_isWaiting || !peer.TakeResendDue(silence)) return false;
        else _context.Metrics.Resent();
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
        int task = _sendingTo;
        if (task != Nobody && (_isLeaving || _context.Time.GetElapsedTime(Volatile.Read(ref _sendingSince)) > SendLimit))
            _links[task].Break();
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

    private SegmentMemory MemoryFor(SegmentRun run)
    {
        int place = _memories.FindIndex(memory => memory.IsFor(run.JobId, run.Context));
        SegmentMemory memory = place >= 0 ? _memories[place] : new SegmentMemory(run.JobId, run.Context);
        if (place >= 0) _memories.RemoveAt(place);
        _memories.Insert(0, memory);
        // Two jobs may take turns on a slot.
        if (_memories.Count > 2) _memories.RemoveAt(2);
        return memory;
    }

    // A slot without work takes no stream of a job from those that have some.
    private async Task CloseIdleAsync()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (_run is null) await CloseLinksAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CloseLinksAsync()
    {
        foreach (StoreLink link in _links) await link.DisposeAsync();
        _links.Clear();
        _peers.Clear();
        _memories.Clear();
    }
}
