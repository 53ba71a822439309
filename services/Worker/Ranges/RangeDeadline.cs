using Microsoft.Extensions.Options;

namespace Cluster.Worker.Ranges;

/// <summary>
/// Runs a computation's code for at most so long. Code that goes on when it is asked to end keeps a thread and a device that
/// nobody can take from it: then this process ends, and whoever runs it starts it again.
/// </summary>
internal sealed class RangeDeadline(IOptions<WorkerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<RangeDeadline> logger)
{
    private const int HungExitCode = 1;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _limit = options.Value.RangeTimeout;

    /// <param name="code">The computation's code; its token is cancelled at the deadline, and when the worker stops.</param>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <exception cref="ComputationFailedException">It threw or took too long, and not because this worker stops.</exception>
    /// <exception cref="OperationCanceledException">The worker stops.</exception>
    public async Task<T> GuardAsync<T>(Func<CancellationToken, T> code, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_limit, time);
        // Not disposed of: code that hangs still has its token.
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        Task<T> running = Task.Run(() => code(either.Token), cancellationToken);
        try
        {
            return await running.WaitAsync(_limit + Grace, time, CancellationToken.None);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!running.IsCompleted) End(running);
            throw new ComputationFailedException(late.IsCancellationRequested ? new TimeoutException($"it was not done after {_limit.TotalSeconds:0.###} s", e) : e);
        }
    }

    private void End(Task hung)
    {
        // Whatever comes of it, nobody waits for it any more.
        _ = hung.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        RangeLog.Hung(logger, _limit, Grace);
        Environment.ExitCode = HungExitCode;
        lifetime.StopApplication();
    }
}
