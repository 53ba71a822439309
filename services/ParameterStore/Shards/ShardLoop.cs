using System.Diagnostics;
using System.Threading.Channels;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Grpc.Core;

namespace Cluster.ParameterStore.Shards;

/// <summary>The owner of one job's range: a loop with a bounded inbox, the only one that touches the <see cref="Shard"/>.</summary>
/// <remarks>
/// A message that finds the loop idle is dealt with on its sender's thread, since a thread's wake-up costs more than a
/// small step. Each connection's own sender shares the version that it sends, so nobody waits for a slow one.
/// </remarks>
internal sealed class ShardLoop
{
    private const int InboxLimit = 4096;
    private const int MaxTurn = 64;
    private const int AheadFloats = 1 << 20;

    private readonly ShardContext _context;
    private readonly TimeSpan _sendTimeout;
    private readonly Channel<ShardMessage> _inbox = Channel.CreateBounded<ShardMessage>(
        new BoundedChannelOptions(InboxLimit) { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly Dictionary<ulong, Attachment> _attached = [];
    private readonly StealHint[] _hints = new StealHint[64];
    private readonly SlicePool _slices;
    private readonly int _streams;
    private PublishedSlice? _newest;
    private long _clock;
    private long _notAttached;

    public ShardLoop(string job, ShardOptions options, bool isAsync, TimeSpan sendTimeout, ShardContext context)
    {
        (Job, _context, _sendTimeout, _streams) = (job, context, sendTimeout, options.Streams);
        Shard = isAsync ? new AsyncShard(options) : new SyncShard(options);
        Length = options.Length;
        _slices = new SlicePool(SlicePool.Capacity(options.Streams));
        Completion = RunAsync();
    }

    public string Job { get; }

    public int Length { get; }

    /// <summary>Whether each stream has a vector for its next push in advance. A large one gets it when its push begins: by then others may be free, and the
    /// time of a wake-up does not matter.</summary>
    public bool StagesAhead => Length <= AheadFloats;

    /// <summary>The clock of the slowest lane after the last message, for whoever looks from outside.</summary>
    public long Clock => Volatile.Read(ref _clock);

    /// <summary>Only for what runs in the loop: see <see cref="CallAsync"/>.</summary>
    public Shard Shard { get; }

    /// <summary>Runs in the loop after each message.</summary>
    public Action? Handled { get; set; }

    public long Hints { get; private set; }

    /// <summary>The time as the task is handed it.</summary>
    public TimeSpan Now => _context.Time.GetElapsedTime(0);

    public int Streams => _attached.Count;

    /// <summary>Pushes that came while their stream was not attached any more: answered NotReady. Counted from any thread.</summary>
    public long NotAttached => Interlocked.Read(ref _notAttached);

    /// <summary>Slices that are under way to workers or kept as the newest.</summary>
    public int SlicesHeld => _slices.Rented;

    /// <summary>Ends when the shard is closed or has failed.</summary>
    public Task Completion { get; }

    /// <summary>Hands a message over, waiting where the inbox is full.</summary>
    /// <returns>False when the shard is closed.</returns>
    public async ValueTask<bool> PostAsync(ShardMessage message)
    {
        while (!_inbox.Writer.TryWrite(message))
        {
            if (!await _inbox.Writer.WaitToWriteAsync()) return false;
        }

        return true;
    }

    /// <summary>Looks for hints and stuck workers; nothing where the inbox is full.</summary>
    public void Tick() => _inbox.Writer.TryWrite(new ShardMessage(ShardMessageKind.Tick));

    /// <summary>Runs a function in the loop.</summary>
    /// <exception cref="ObjectDisposedException">The shard is closed.</exception>
    public async Task<T> CallAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run()
        {
            try
            {
                result.SetResult(function());
            }
            catch (InvalidOperationException e)
            {
                result.SetException(e);
            }
        }

        ObjectDisposedException.ThrowIf(!await PostAsync(new ShardMessage(ShardMessageKind.Call, Call: Run)), this);
        await Task.WhenAny(result.Task, Completion);
        ObjectDisposedException.ThrowIf(!result.Task.IsCompleted, this);
        return await result.Task;
    }

    /// <summary>Notes a push whose stream is not attached.</summary>
    public void RefuseUnattached()
    {
        Interlocked.Increment(ref _notAttached);
        _context.Metrics.Pushed(PushOutcome.NotReady);
    }

    public void Close() => _inbox.Writer.TryComplete();

    private async Task RunAsync()
    {
        // It outlives the call that opened the shard.
        Activity.Current = null;
        var inbox = _inbox.Reader;
        try
        {
            while (await inbox.WaitToReadAsync())
            {
                // After a while on one sender's thread the loop moves on, so that this sender can go on too.
                for (var turn = 0; turn < MaxTurn && inbox.TryRead(out var message); turn++)
                    Handle(message);
                if (inbox.TryPeek(out _)) await Task.Yield();
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, this shard's state is not to be trusted, and only this shard's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ParameterStoreLog.ShardFailed(_context.Logger, e, Job);
        }

        _inbox.Writer.TryComplete();
        foreach (var attachment in _attached.Values)
        {
            attachment.End();
            attachment.Leave();
        }

        _context.Metrics.Attached(-_attached.Count);
        DropNewest();
    }

    private void Handle(in ShardMessage message)
    {
        switch (message.Kind)
        {
            case ShardMessageKind.Attach:
                Attach(message.Attachment!, message.Header);
                break;
            case ShardMessageKind.Detach:
                Detach(message.Attachment!);
                break;
            case ShardMessageKind.Stage when !message.Attachment!.IsOver:
                message.Attachment.Give(Shard.Stage(message.Header.Generation, message.Header.Clock));
                break;
            case ShardMessageKind.Push when !message.Attachment!.IsOver:
                Push(message.Attachment, message.Header, message.Seen, message.Gradient);
                break;
            case ShardMessageKind.Request when !message.Attachment!.IsOver:
                Request(message.Attachment, message.Header);
                break;
            case ShardMessageKind.Tick:
                Watch();
                break;
            case ShardMessageKind.Call:
                message.Call!();
                break;
        }

        Volatile.Write(ref _clock, Shard.Clock);
        Handled?.Invoke();
    }

    private void Attach(Attachment attachment, in FrameHeader header)
    {
        if (_attached.ContainsKey(attachment.Worker))
        {
            attachment.Refuse(StatusCode.AlreadyExists, $"attach.worker is {attachment.Worker}; another stream of job {Job} is attached under this name");
            return;
        }

        if (_attached.Count >= _streams)
        {
            attachment.Refuse(StatusCode.ResourceExhausted, $"attach.streams is {_attached.Count + 1}; job {Job} takes at most {_streams} at once");
            return;
        }

        _attached.Add(attachment.Worker, attachment);
        if (StagesAhead) attachment.Give(Shard.Vectors.Rent());
        _context.Metrics.Attached(1);
        attachment.Post(new FrameHeader { Kind = FrameKind.Attached, Outcome = Judge(header.Generation), Generation = Shard.Generation });
    }

    private PushOutcome Judge(Generation generation) => Shard switch
    {
        { Generation: var current } when generation.Counter < current.Counter => PushOutcome.Superseded,
        { Generation: var current } when generation != current => PushOutcome.NotReady,
        { Phase: ShardPhase.Serving } => PushOutcome.Admitted,
        { Phase: ShardPhase.Loading } => PushOutcome.NotReady,
        { Phase: ShardPhase.Diverged } => PushOutcome.Diverged,
        _ => PushOutcome.Superseded,
    };

    private void Detach(Attachment attachment)
    {
        if (attachment.IsOver) return;
        attachment.End();
        attachment.Take()?.Release();
        _attached.Remove(attachment.Worker);
        Shard.Disconnect(attachment.Worker);
        _context.Metrics.Attached(-1);
    }

    private void Push(Attachment attachment, in FrameHeader header, long seen, PooledVector? gradient)
    {
        var push = new PushHeader(header.Generation, header.Block, header.Clock, header.Value, attachment.Worker) { Seen = seen };
        var answer = Shard.Push(push, gradient, Now);
        if (StagesAhead) attachment.Give(Shard.Vectors.Rent());
        _context.Metrics.Pushed(answer.Outcome);
        if (answer.Outcome == PushOutcome.Diverged && Shard.Divergence is { } divergence)
            ParameterStoreLog.Diverged(_context.Logger, Job, divergence.ToString());
        // In asynchronous mode a lane's clock may advance without a new version.
        if (Shard is AsyncShard && answer.Outcome == PushOutcome.Admitted) DropNewest();
        if (answer.Deliver) attachment.Sender.Post(Newest(), attachment.Number);
        if (answer.Outcome != PushOutcome.Admitted || Shard is AsyncShard)
            attachment.Post(AnswerFor(header, answer));
        if (answer.Completed) Release();
    }

    private void Release()
    {
        var newest = Newest();
        foreach (var worker in Shard.Released)
        {
            if (_attached.TryGetValue(worker, out var waiting)) waiting.Sender.Post(newest, waiting.Number);
        }
    }

    private void Request(Attachment attachment, in FrameHeader header)
    {
        var answer = Shard.Request(header.Generation, header.Clock, attachment.Worker, Now);
        if (answer.Version < 0)
            attachment.Post(new FrameHeader { Kind = FrameKind.RequestAnswered, Outcome = answer.Outcome, Clock = -1, Generation = Shard.Generation });
        else if (answer.Version == Shard.Version)
            attachment.Sender.Post(Newest(), attachment.Number);
        else
            SendPrevious(attachment, answer.Version);
    }

    private void SendPrevious(Attachment attachment, long version)
    {
        Shard.TryGetVersion(version, out var vector);
        var slice = _slices.Rent(new SliceLabel(Shard.Generation, version), Shard.Segment.To, vector, []);
        attachment.Sender.Post(slice, attachment.Number);
        slice.Release();
    }

    private void Watch()
    {
        var hints = Shard.CollectHints(Now, _hints);
        foreach (var hint in _hints.AsSpan(0, hints))
        {
            if (_attached.TryGetValue(hint.Worker, out var waiting))
                waiting.Post(new FrameHeader { Kind = FrameKind.Hint, Generation = hint.Generation, Clock = hint.Clock, Block = hint.Block });
        }

        Hints += hints;
        if (hints > 0) _context.Metrics.Hinted(hints);
        foreach (var attachment in _attached.Values)
        {
            if (!attachment.Sender.IsStuck(_sendTimeout)) continue;
            ParameterStoreLog.WorkerCut(_context.Logger, Job, attachment.Worker, "it does not read");
            _context.Metrics.Cut();
            attachment.Cut();
        }
    }

    private FrameHeader AnswerFor(in FrameHeader header, in PushAnswer answer) => new()
    {
        Kind = FrameKind.PushAnswered,
        Outcome = answer.Outcome,
        Flags = answer.Displaced ? FrameFlags.Displaced : FrameFlags.None,
        Generation = Shard.Generation,
        Block = header.Block,
        Clock = header.Clock,
        Value = answer.Expected,
    };

    private PublishedSlice Newest()
    {
        var label = new SliceLabel(Shard.Generation, Shard.Version);
        if (_newest is { } newest && newest.Label == label && newest.End == Shard.Segment.To) return newest;
        DropNewest();
        Shard.TryGetVersion(Shard.Version, out var vector);
        return _newest = _slices.Rent(label, Shard.Segment.To, vector, Shard is AsyncShard ? Shard.LaneClocks : []);
    }

    private void DropNewest()
    {
        _newest?.Release();
        _newest = null;
    }
}
