using System.Threading.Channels;

namespace Cluster.Coordinator.Jobs;

/// <summary>What a runner is told from outside: bounded, since the turn that reads Redis finds out what did not fit. Written by anyone,
/// read by one runner.</summary>
internal sealed class RunnerSignals
{
    private readonly Channel<object> _signals = Channel.CreateBounded<object>(new BoundedChannelOptions(1024) { SingleReader = true });

    public void Tell(object signal) => _signals.Writer.TryWrite(signal);

    public bool TryRead(out object? signal) => _signals.Reader.TryRead(out signal);

    /// <summary>Waits for the next signal, and no longer than a pause.</summary>
    public async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(pause);
        try
        {
            await _signals.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time for the next turn.
        }
    }
}
