using System.Threading.Channels;
using Cluster.DataPlane.Client;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.ParameterStore.Tests.Cluster;

/// <summary>A worker slot: drives <see cref="SegmentWork"/> over one stream to each ps task.</summary>
internal sealed class SegmentWorker(TestProblem problem, SegmentItem item, ulong name) : IExchangeSink
{
    private readonly Lock _gate = new();
    private readonly SegmentWork _work = new SyncSegmentWork(new BlockTree(problem.Lanes), item, new LabelledBuffers(problem.Offsets));
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task RunAsync(ExchangeChannel channel, CancellationToken cancellationToken)
    {
        ExchangeStream[] streams = [.. Enumerable.Range(0, problem.Offsets.Length - 1)
            .Select(task => new ExchangeStream(channel.Invoker, task, this, cancellationToken))];
        Task[] receiving = [.. streams.Select(stream => stream.RunAsync())];
        foreach (var stream in streams)
            await stream.AttachAsync(StoreHost.Job, item.Generation, name);
        while (Next() is { Kind: not WorkActionKind.Done } action)
            await DoAsync(action, streams, cancellationToken);
        foreach (var stream in streams)
            await stream.CompleteAsync();
        await Task.WhenAll(receiving).WaitAsync(StoreHost.Limit, cancellationToken);
        foreach (var stream in streams)
            stream.Dispose();
    }

    public void Attached(int task, PushOutcome outcome, Generation current) => Assert.Equal(PushOutcome.Admitted, outcome);

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        lock (_gate) return _work.TryReceive(task, label, out target);
    }

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end) => Locked(() => _work.Received(task, label, [], end));

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
        var copy = answer;
        Locked(() => _work.Answered(task, block, clock, copy));
    }

    public void Answered(int task, in ParametersAnswer answer, Generation current)
    {
        var copy = answer;
        Locked(() => _work.Answered(task, copy));
    }

    public void Hinted(int task, in StealHint hint)
    {
        var copy = hint;
        Locked(() => _work.Steal(copy));
    }

    private async Task DoAsync(WorkAction action, ExchangeStream[] streams, CancellationToken cancellationToken)
    {
        switch (action.Kind)
        {
            case WorkActionKind.Request:
                await streams[action.Task].RequestAsync(item.Generation, action.Clock);
                break;
            case WorkActionKind.Compute:
                var (gradient, examples) = problem.Gradient(action.Block, action.Clock, _work.Parameters.Span);
                lock (_gate) _work.Computed(action.Block);
                for (var task = 0; task < streams.Length; task++)
                    await streams[task].PushAsync(item.Generation, action.Block, action.Clock, examples,
                        gradient.AsMemory()[problem.Offsets[task]..problem.Offsets[task + 1]]);
                break;
            default:
                Assert.Equal(WorkActionKind.Wait, action.Kind);
                await _arrived.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(StoreHost.Limit, cancellationToken);
                break;
        }
    }

    private WorkAction Next()
    {
        lock (_gate) return _work.Next();
    }

    private void Locked(Action action)
    {
        lock (_gate) action();
        _arrived.Writer.TryWrite(true);
    }
}
