using System.Diagnostics.CodeAnalysis;
using Cluster.DataPlane.Frames;
using Cluster.Protocol.Lanes;
using Grpc.Core;

namespace Cluster.DataPlane.Sending;

/// <summary>The sender of one connection: it alone waits for a slow worker. It keeps answers in order and of the parameters the newest only.</summary>
/// <param name="writer">The stream to the worker.</param>
/// <param name="time">The clock of <see cref="IsStuck"/>.</param>
public sealed class FrameSender(IAsyncStreamWriter<SentFrame> writer, TimeProvider time)
{
    /// <summary>Answers that may wait. A worker pushes each lane at most once before it needs parameters, so one that reads never has more.</summary>
    public const int MaxAnswers = BlockTree.MaxLanes + 16;

    private const int InlineFloats = 4096;

    private static readonly WriteOptions Flushed = new();
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    private readonly Lock _gate = new();
    private readonly WakeUp _wake = new();
    private readonly SentFrame _frame = new();
    private readonly FrameHeader[] _answers = new FrameHeader[MaxAnswers];
    private int _first;
    private int _count;
    private PublishedSlice? _slice;
    private FrameHeader _sliceHeader;
    private bool _isComplete;
    private long _writingSince;

    /// <summary>Slices that were never sent, since a newer one took their place.</summary>
    public long Replaced { get; private set; }

    /// <summary>Whether a write has been waiting for the worker for longer than this.</summary>
    public bool IsStuck(TimeSpan limit) =>
        Volatile.Read(ref _writingSince) is var since && since != 0 && time.GetElapsedTime(since) > limit;

    /// <summary>Queues a frame without floats.</summary>
    /// <returns>False when the queue is full: the worker does not read.</returns>
    public bool TryPost(in FrameHeader header)
    {
        lock (_gate)
        {
            if (_isComplete)
                return true;
            if (_count == MaxAnswers)
                return false;
            _answers[(_first + _count++) % MaxAnswers] = header;
        }

        _wake.Set(inline: true);
        return true;
    }

    /// <summary>Queues parameters in the place of those that wait; as one more holder.</summary>
    public void Post(PublishedSlice slice, uint attachment)
    {
        PublishedSlice? old;
        lock (_gate)
        {
            if (_isComplete)
                return;
            slice.Share();
            (old, _slice) = (_slice, slice);
            _sliceHeader = new FrameHeader
            {
                Kind = FrameKind.Parameters,
                Attachment = attachment,
                Generation = slice.Label.Generation,
                Clock = slice.Label.Version,
                Value = slice.End,
            };
            Replaced += old is null ? 0 : 1;
        }

        old?.Release();
        _wake.Set(inline: slice.Values.Length <= InlineFloats);
    }

    /// <summary>Sends no more; what waits is dropped.</summary>
    public void Complete()
    {
        PublishedSlice? old;
        lock (_gate)
        {
            _isComplete = true;
            _count = 0;
            (old, _slice) = (_slice, null);
        }

        old?.Release();
        _wake.Set(inline: false);
    }

    /// <summary>Sends until completed, or until the stream breaks.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!Volatile.Read(ref _isComplete))
            {
                if (TryTakeSlice(out var slice, out var header, out var isLast))
                    await WriteAsync(slice, header, isLast);
                else if (TryTakeAnswer(out header, out isLast))
                    await WriteAsync(header, isLast);
                else
                    await _wake.WaitAsync();
            }
        }
        finally
        {
            Complete();
        }
    }

    private async ValueTask WriteAsync(PublishedSlice slice, FrameHeader header, bool isLast)
    {
        try
        {
            var next = 0;
            do
            {
                next = _frame.SetPart(header, slice.Values, slice.LaneClocks, next);
                await WriteFrameAsync(isLast || slice.Values.Length > InlineFloats);
            }
            while (next < slice.Values.Length);
        }
        finally
        {
            slice.Release();
        }
    }

    private Task WriteAsync(in FrameHeader header, bool isLast)
    {
        _frame.Set(header);
        return WriteFrameAsync(isLast);
    }

    private Task WriteFrameAsync(bool flush)
    {
        Volatile.Write(ref _writingSince, time.GetTimestamp());
        writer.WriteOptions = flush ? Flushed : Buffered;
        var write = writer.WriteAsync(_frame);
        if (!write.IsCompletedSuccessfully)
            return AwaitAsync(write);
        Volatile.Write(ref _writingSince, 0);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(Task write)
    {
        await write;
        Volatile.Write(ref _writingSince, 0);
    }

    // Parameters first: in asynchronous mode the answer that follows says that they are there.
    private bool TryTakeSlice([NotNullWhen(true)] out PublishedSlice? slice, out FrameHeader header, out bool isLast)
    {
        lock (_gate)
        {
            (slice, header, isLast) = (_slice, _sliceHeader, _count == 0);
            _slice = null;
            return slice is not null;
        }
    }

    private bool TryTakeAnswer(out FrameHeader header, out bool isLast)
    {
        lock (_gate)
        {
            header = default;
            isLast = _count <= 1;
            if (_count == 0)
                return false;
            header = _answers[_first];
            _first = (_first + 1) % MaxAnswers;
            _count--;
            return true;
        }
    }
}
