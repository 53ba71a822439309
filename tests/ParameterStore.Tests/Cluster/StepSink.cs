using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.ParameterStore.Tests.Cluster;

/// <summary>Waits for one slice after the other without allocating.</summary>
internal sealed class StepSink(int length) : IExchangeSink
{
    private readonly float[] _parameters = new float[length];
    private readonly WakeUp _received = new();

    public long Version { get; private set; }

    public ValueTask ReceivedAsync() => _received.WaitAsync();

    public void Attached(int task, PushOutcome outcome, Generation current)
    {
    }

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = _parameters;
        return true;
    }

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end)
    {
        Version = label.Version;
        _received.Set(inline: true);
    }

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
    }

    public void Answered(int task, in ParametersAnswer answer, Generation current)
    {
    }

    public void Hinted(int task, in StealHint hint)
    {
    }
}
