using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>Pushes the one lane of a job and awaits the parameters, with nothing around the stream: what gRPC itself allocates.</summary>
internal sealed class BareWorker : IExchangeSink, IDisposable
{
    private readonly ExchangeStream _stream;
    private readonly WakeUp _received = new();
    private readonly float[] _parameters = new float[2];
    private readonly float[] _gradient = new float[2];

    public BareWorker(ExchangeChannel channel, CancellationToken cancellationToken)
    {
        _stream = new ExchangeStream(channel.Invoker, 0, this, cancellationToken);
        _ = _stream.RunAsync();
    }

    /// <summary>The least bytes a step that the process allocated in one of the rounds.</summary>
    public async Task<long> LeastBytesPerStepAsync(TestJob job, int rounds, int steps)
    {
        await _stream.AttachAsync(job.Id, job.Generation, worker: 1);
        var least = long.MaxValue;
        long clock = 0;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes();
            for (var i = 0; i < steps; i++)
            {
                await _stream.PushAsync(job.Generation, new LaneBlock(0, 1), clock++, 1, _gradient);
                await _received.WaitAsync();
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes() - before) / steps);
        }

        return least;
    }

    public void Attached(int task, PushOutcome outcome, Generation current)
    {
    }

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = _parameters;
        return true;
    }

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end) => _received.Set(inline: true);

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
    }

    public void Answered(int task, in ParametersAnswer answer, Generation current)
    {
    }

    public void Hinted(int task, in StealHint hint)
    {
    }

    public void Dispose() => _stream.Dispose();
}
