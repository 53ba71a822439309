using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Running;

/// <summary>Starts a child and starts it again whenever it ends, until it is asked to stop.</summary>
internal sealed class Supervisor(Supervised child, RestartBackoff backoff, Action<string> say, Action changed)
{
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _process;
    private int _restarts;

    public Supervised Child => child;

    /// <summary>Ends when the child has been up for the first time.</summary>
    public Task Up => _up.Task;

    /// <summary>Process id, or 0 while the child is down.</summary>
    public int Pid => Volatile.Read(ref _process) is { Exited.IsCompleted: false } process ? process.Id : 0;

    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Keeps the child up; after the end of this the child may still run, see <see cref="StopAsync"/>.</summary>
    public async Task RunAsync(Task dependencies, CancellationToken stopping)
    {
        try
        {
            await dependencies.WaitAsync(stopping).ConfigureAwait(false);
            while (true)
            {
                var end = await LiveAsync(stopping).ConfigureAwait(false);
                var delay = backoff.Ended();
                changed();
                say(FormattableString.Invariant($"{child.Instance} {end}; restart {_restarts + 1} in {delay.TotalSeconds:0.0} s"));
                await Task.Delay(delay, stopping).ConfigureAwait(false);
                Interlocked.Increment(ref _restarts);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _up.TrySetCanceled(stopping);
        }
        catch (Exception e)
        {
            // What waits for this child learns that it will not come up; the runner then stops the rest.
            _up.TrySetException(e);
        }
    }

    /// <summary>Asks the child to end so that it comes back with the addresses of now.</summary>
    public void Recycle() => Volatile.Read(ref _process)?.Terminate();

    /// <summary>Asks the child to end and kills it after the grace time.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_process is not null)
        {
            await _process.StopAsync(grace).ConfigureAwait(false);
            await _process.DisposeAsync().ConfigureAwait(false);
        }

        await child.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One life of the child.</summary>
    /// <returns>How it ended.</returns>
    private async Task<string> LiveAsync(CancellationToken stopping)
    {
        backoff.Started();
        ChildProcess process;
        try
        {
            process = await child.StartAsync(stopping).ConfigureAwait(false);
        }
        catch (LocalHostingException e) when (_up.Task.IsCompleted)
        {
            return $"could not be started: {e.Message}";
        }

        var previous = Interlocked.Exchange(ref _process, process);
        if (previous is not null)
            await previous.DisposeAsync().ConfigureAwait(false);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reporting = ReportUpAsync(life.Token);
        var exitCode = await process.Exited.WaitAsync(stopping).ConfigureAwait(false);
        await life.CancelAsync().ConfigureAwait(false);
        await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return $"ended with exit code {exitCode}";
    }

    private async Task ReportUpAsync(CancellationToken life)
    {
        await child.WaitUntilUpAsync(life).ConfigureAwait(false);
        _up.TrySetResult();
        changed();
        if (_restarts > 0)
            say($"{child.Instance} is up again (process {Pid})");
    }
}
