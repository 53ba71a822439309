using System.Runtime.CompilerServices;
using System.Text;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Receiving;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Grpc.Core;

namespace Cluster.DataPlane.Client;

/// <summary>A worker slot's stream to one ps task. One caller sends at a time; <see cref="RunAsync"/> receives beside it.</summary>
public sealed class ExchangeStream : IDisposable
{
    private static readonly WriteOptions Flushed = new();
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    // Held while the sink is called, so that a job which was detached hears no more when Detach has returned.
    private readonly Lock _turn = new();
    private readonly AsyncDuplexStreamingCall<SentFrame, ReceivedFrame> _call;
    private readonly IExchangeSink _sink;
    private readonly SentFrame _frame = new();
    private readonly SliceAssembly _slice = new();
    private readonly long[] _clocks = new long[BlockTree.MaxLanes];
    private readonly long[] _seen = new long[1];
    private int _clockCount;
    private volatile bool _isDisposed;
    private volatile uint _attachment;
    private ulong _worker;

    /// <param name="invoker">The connection to the ps task's process: see <see cref="ExchangeChannel"/>.</param>
    /// <param name="task">Index of the ps task.</param>
    /// <param name="sink">Takes what arrives.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public ExchangeStream(CallInvoker invoker, int task, IExchangeSink sink, CancellationToken cancellationToken)
    {
        Task = task;
        _sink = sink;
        _call = invoker.AsyncDuplexStreamingCall(ExchangeMethod.Client, null, new CallOptions(cancellationToken: cancellationToken));
    }

    /// <summary>Index of the ps task.</summary>
    public int Task { get; }

    /// <summary>Works for this job from now on; whatever still comes for the one before is dropped.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">The generation of the work item.</param>
    /// <param name="worker">Names the worker slot's work; the same at all ps tasks, chosen at random, not 0.</param>
    public async ValueTask AttachAsync(string job, Generation generation, ulong worker)
    {
        var name = Encoding.UTF8.GetBytes(job);
        _worker = worker;
        var header = new FrameHeader
        {
            Kind = FrameKind.Attach,
            Attachment = Turn(),
            Generation = generation,
            Block = new LaneBlock(Task, 0),
            Value = unchecked((long)worker),
            Length = name.Length,
        };
        _frame.Set(header, name);
        await WriteAsync(isLast: true);
    }

    /// <summary>Works for no job until it is attached again: when this returns, the sink is not called for the one before any more.</summary>
    public void Detach() => Turn();

    /// <summary>Pushes a gradient's slice for this ps task.</summary>
    /// <param name="generation">The generation whose parameters it was computed on.</param>
    /// <param name="block">The lanes.</param>
    /// <param name="clock">Their clock.</param>
    /// <param name="examples">Examples in the sum; with 0 no floats are sent.</param>
    /// <param name="slice">The floats; unchanged until the push has completed.</param>
    /// <param name="seen">In asynchronous modes the clock of the slowest lane in the parameters that it was computed on; else -1.</param>
    public async ValueTask PushAsync(Generation generation, LaneBlock block, long clock, long examples, ReadOnlyMemory<float> slice, long seen = -1)
    {
        var header = Header(FrameKind.Push, generation) with { Block = block, Clock = clock, Value = examples };
        var floats = examples == 0 ? default : slice;
        _seen[0] = seen;
        ReadOnlyMemory<long> clocks = seen < 0 ? default : _seen;
        var next = 0;
        do
        {
            next = _frame.SetPart(header, floats, clocks, next);
            await WriteAsync(next == floats.Length);
        }
        while (next < floats.Length);
    }

    /// <summary>Asks for a version; -1 for the newest.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RequestAsync(Generation generation, long version)
    {
        _frame.Set(Header(FrameKind.Request, generation) with { Clock = version });
        await WriteAsync(isLast: true);
    }

    /// <summary>Receives until the stream ends or is disposed of.</summary>
    /// <exception cref="RpcException">The ps task refused a frame, or the connection broke.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                using var frame = _call.ResponseStream.Current;
                lock (_turn) Take(frame);
            }
        }
        catch (Exception e) when (_isDisposed && e is (RpcException or ObjectDisposedException))
        {
            // Its owner has let it go.
        }
    }

    /// <summary>Says that nothing more comes; the ps task then ends the stream.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    public void Dispose()
    {
        _isDisposed = true;
        _call.Dispose();
    }

    private void Take(ReceivedFrame frame)
    {
        var header = frame.Header;
        var isCurrent = header.Attachment == _attachment;
        switch (header.Kind)
        {
            case FrameKind.Parameters:
                BeginSlice(frame, isCurrent);
                break;
            case FrameKind.More:
                if (_slice.Continue(frame))
                    EndSlice();
                break;
            case FrameKind.Attached when isCurrent:
                _sink.Attached(Task, header.Outcome, header.Generation);
                break;
            case FrameKind.PushAnswered when isCurrent:
                _sink.Answered(Task, header.Block, header.Clock, AnswerOf(header), header.Generation);
                break;
            case FrameKind.RequestAnswered when isCurrent:
                _sink.Answered(Task, new ParametersAnswer(header.Outcome, header.Clock), header.Generation);
                break;
            case FrameKind.Hint when isCurrent:
                _sink.Hinted(Task, new StealHint(_worker, header.Generation, header.Clock, header.Block));
                break;
        }
    }

    private void BeginSlice(ReceivedFrame frame, bool isCurrent)
    {
        Memory<float> target = default;
        var isWanted = isCurrent && _sink.TryReceive(Task, LabelOf(frame.Header), out target);
        var clocks = frame.LaneClocks;
        clocks.CopyTo(_clocks);
        _clockCount = clocks.Length;
        if (_slice.Begin(frame, isWanted, target))
            EndSlice();
    }

    private void EndSlice()
    {
        if (_slice.IsWanted && _slice.Header.Attachment == _attachment)
            _sink.Received(Task, LabelOf(_slice.Header), _clocks.AsSpan(0, _clockCount), _slice.Header.Value);
    }

    private uint Turn()
    {
        lock (_turn) return ++_attachment;
    }

    private FrameHeader Header(FrameKind kind, Generation generation) =>
        new() { Kind = kind, Attachment = _attachment, Generation = generation };

    private Task WriteAsync(bool isLast)
    {
        _call.RequestStream.WriteOptions = isLast ? Flushed : Buffered;
        return _call.RequestStream.WriteAsync(_frame);
    }

    private static SliceLabel LabelOf(in FrameHeader header) => new(header.Generation, header.Clock);

    private static PushAnswer AnswerOf(in FrameHeader header) =>
        new(header.Outcome, header.Value, header.Flags.HasFlag(FrameFlags.Displaced));
}
