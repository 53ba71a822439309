namespace Cluster.Worker.Slots;

/// <summary>A worker task that runs until it is stopped.</summary>
internal sealed class RunningTask : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public RunningTask(WorkerTask task, Func<CancellationToken, Task> run)
    {
        Task = task;
        _run = run(_stop.Token);
    }

    public WorkerTask Task { get; }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public void Dispose() => _stop.Dispose();
}
