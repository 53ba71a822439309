namespace Cluster.Worker.Training;

/// <summary>Ends training items as soon as the process is asked to stop: their lanes are stolen or published again within moments.</summary>
internal sealed class WorkerStop(IHostApplicationLifetime lifetime)
{
    // An item that comes after that goes back at once, and could come again; this keeps it from circling.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>A source that is cancelled when the process stops, or with the token.</summary>
    /// <exception cref="OperationCanceledException">It stops already.</exception>
    public async Task<CancellationTokenSource> LinkAsync(CancellationToken cancellationToken)
    {
        CancellationToken stopping = lifetime.ApplicationStopping;
        if (stopping.IsCancellationRequested)
        {
            await Task.Delay(Pause, cancellationToken);
            stopping.ThrowIfCancellationRequested();
        }

        return CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
    }
}
