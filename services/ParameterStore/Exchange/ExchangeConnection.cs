using System.Text;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Receiving;
using Cluster.DataPlane.Sending;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Shards;

namespace Cluster.ParameterStore.Exchange;

/// <summary>The receiving side of one exchange stream: checks frames, puts pushes together in vectors of the shard, hands both to the shard's owner.</summary>
internal sealed class ExchangeConnection(ParameterStorePool pool, FrameSender sender, StreamCut cut)
{
    private readonly SliceAssembly _slice = new();
    private ShardLoop? _shard;
    private Attachment? _attachment;
    private uint _number;
    private long _seen;

    public ValueTask HandleAsync(ReceivedFrame frame) => frame.Header.Kind switch
    {
        FrameKind.Attach => AttachAsync(frame),
        FrameKind.Push => BeginPushAsync(frame),
        FrameKind.More => ContinuePushAsync(frame),
        _ => RequestAsync(frame.Header),
    };

    /// <summary>The stream ends or turns to another job: the owner takes its vector back, whatever is in it.</summary>
    public async ValueTask DetachAsync()
    {
        if (_attachment is { } attachment && _shard is { } shard)
            await shard.PostAsync(new ShardMessage(ShardMessageKind.Detach, attachment));
        (_attachment, _shard) = (null, null);
    }

    private async ValueTask AttachAsync(ReceivedFrame frame)
    {
        var header = frame.Header;
        RequireNoOpenSlice(header);
        var job = ReadJob(frame);
        await DetachAsync();
        _number = header.Attachment;
        var task = pool.Find(header.Block.First);
        if (task is null && !pool.IsStopping)
            throw new MalformedFrameException("attach.task", header.Block.First, "it is not the index of a ps task of this process");
        if (task is null || !task.TryFind(job, out var shard))
        {
            // Not open yet, or the index is handed back and the stream about to end: the worker asks again.
            Answer(FrameKind.Attached, PushOutcome.NotReady);
            return;
        }

        (_shard, _attachment) = (shard.Loop, new Attachment(sender, _number, unchecked((ulong)header.Value), cut));
        if (!await _shard.PostAsync(new ShardMessage(ShardMessageKind.Attach, _attachment, header))) _attachment.End();
    }

    private async ValueTask BeginPushAsync(ReceivedFrame frame)
    {
        var header = frame.Header;
        RequireNoOpenSlice(header);
        var gradient = IsCurrent(header) ? await StageAsync(header) : null;
        if (header.Value == 0 && header.Length != 0)
            throw new MalformedFrameException("push.length", header.Length, "a push without examples has no floats");
        var isWanted = gradient is not null && header.Value > 0;
        _seen = header.Clocks > 0 ? frame.LaneClocks[0] : 0;
        if (_slice.Begin(frame, isWanted, gradient?.Memory ?? default)) await EndPushAsync();
    }

    private async ValueTask<PooledVector?> StageAsync(FrameHeader header)
    {
        if (!_shard!.StagesAhead)
        {
            if (header.Value == 0) return null;
            if (!await _shard.PostAsync(new ShardMessage(ShardMessageKind.Stage, _attachment, header))) _attachment!.End();
        }

        return await _attachment!.GradientAsync();
    }

    private void RequireNoOpenSlice(in FrameHeader header)
    {
        if (_slice.IsOpen) throw new MalformedFrameException("frame.kind", (long)header.Kind, "the slice before it is not complete");
    }

    private ValueTask ContinuePushAsync(ReceivedFrame frame) => _slice.Continue(frame) ? EndPushAsync() : ValueTask.CompletedTask;

    private async ValueTask EndPushAsync()
    {
        var header = _slice.Header;
        // The vector leaves with the message: the next push, read before the owner has come to this one, waits for another.
        if (!IsCurrent(header) || !await _shard!.PostAsync(
            new ShardMessage(ShardMessageKind.Push, _attachment, header, Gradient: _attachment!.Take(), Seen: _seen)))
        {
            _shard?.RefuseUnattached();
            Answer(FrameKind.PushAnswered, PushOutcome.NotReady, header);
        }
    }

    private async ValueTask RequestAsync(FrameHeader header)
    {
        if (!IsCurrent(header) || !await _shard!.PostAsync(new ShardMessage(ShardMessageKind.Request, _attachment, header)))
            Answer(FrameKind.RequestAnswered, PushOutcome.NotReady);
    }

    private bool IsCurrent(in FrameHeader header) => _attachment is { IsOver: false } && header.Attachment == _number;

    private void Answer(FrameKind kind, PushOutcome outcome, FrameHeader to = default)
    {
        var answer = new FrameHeader
        {
            Kind = kind,
            Outcome = outcome,
            Attachment = _number,
            Block = to.Block,
            Clock = kind == FrameKind.PushAnswered ? to.Clock : -1
        };
        if (!sender.TryPost(answer)) cut.Abort();
    }

    private static string ReadJob(ReceivedFrame frame)
    {
        var job = frame.ReadJob();
        return job.Contains('�', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(job) != frame.Header.Length
            ? throw new MalformedFrameException("attach.job", frame.Header.Length, "its bytes are not UTF-8")
            : job;
    }
}
