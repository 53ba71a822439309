using System.Threading.Channels;
using Cluster.DataPlane.Client;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.ParameterStore.Tests.Cluster;

/// <summary>Takes every slice and tells the test what came, in order.</summary>
internal sealed class RecordingSink(int length) : IExchangeSink
{
    private readonly Channel<object> _events = Channel.CreateBounded<object>(1024);

    public float[] Parameters { get; } = new float[length];

    public async Task<T> NextAsync<T>(CancellationToken cancellationToken) =>
        Assert.IsType<T>(await _events.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(StoreHost.Limit, cancellationToken));

    public void Attached(int task, PushOutcome outcome, Generation current) => _events.Writer.TryWrite(outcome);

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = Parameters;
        return true;
    }

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end) => _events.Writer.TryWrite(label);

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current) => _events.Writer.TryWrite(answer);

    public void Answered(int task, in ParametersAnswer answer, Generation current) => _events.Writer.TryWrite(answer);

    public void Hinted(int task, in StealHint hint) => _events.Writer.TryWrite(hint);
}
