using System.Diagnostics;
using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Benchmarks.Exchange;

/// <summary>A worker that has nothing to compute: pushes its lane's gradient as soon as the parameters are there.</summary>
internal sealed class ExchangeWorker : IExchangeSink, IDisposable
{
    private readonly ExchangeStream _stream;
    private readonly WakeUp _received = new();
    private readonly WakeUp _answered = new();
    private readonly float[] _parameters;
    private readonly float[] _gradient;
    private readonly LaneBlock _block;
    private readonly bool _isAsync;
    private long _clock;

    public ExchangeWorker(ExchangeChannel channel, int lane, int length, bool isAsync)
    {
        (_parameters, _gradient, _block, _isAsync) = (new float[length], new float[length], new LaneBlock(lane, 1), isAsync);
        _stream = new ExchangeStream(channel.Invoker, 0, this, CancellationToken.None);
        _ = _stream.RunAsync();
    }

    public async Task AttachAsync(string job, Generation generation)
    {
        await _stream.AttachAsync(job, generation, (ulong)_block.First + 1);
        await _answered.WaitAsync();
    }

    /// <summary>Steps, each timed from the push to the parameters after it, in µs.</summary>
    public async Task<double[]> StepAsync(int steps, Generation generation)
    {
        var times = new double[steps];
        for (var i = 0; i < steps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await _stream.PushAsync(generation, _block, _clock++, 1, _gradient);
            await _received.WaitAsync();
            if (_isAsync) await _answered.WaitAsync();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        return times;
    }

    public void Attached(int task, PushOutcome outcome, Generation current) => _answered.Set(inline: false);

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = _parameters;
        return true;
    }

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end) => _received.Set(inline: true);

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
        if (answer.Outcome != PushOutcome.Admitted) throw new InvalidOperationException($"{block} at clock {clock}: {answer}");
        _answered.Set(inline: true);
    }

    public void Answered(int task, in ParametersAnswer answer, Generation current)
    {
    }

    public void Hinted(int task, in StealHint hint)
    {
    }

    public void Dispose() => _stream.Dispose();
}
