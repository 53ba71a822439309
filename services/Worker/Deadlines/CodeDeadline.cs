namespace Cluster.Worker.Deadlines;

/// <summary>
/// Runs a team's code for at most so long. Code that goes on when it is asked to end keeps a thread and a device that
/// nobody can take from it: then this process ends, and whoever runs it starts it again.
/// </summary>
internal sealed class CodeDeadline(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<CodeDeadline> logger)
{
    private const int HungExitCode = 1;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <param name="limit">How long it may take.</param>
    /// <param name="code">The code; its token is cancelled at the deadline, and when the worker stops.</param>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <exception cref="LateException">It took too long, and not because this worker stops.</exception>
    public async Task<T> GuardAsync<T>(TimeSpan limit, Func<CancellationToken, T> code, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        // Not disposed of: code that hangs still has its token.
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var running = Task.Run(() => code(either.Token), cancellationToken);
        try
        {
            return await running.WaitAsync(limit + Grace, time, CancellationToken.None);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && late.IsCancellationRequested)
        {
            if (!running.IsCompleted) End(running, limit);
            throw new LateException(limit, e);
        }
    }

    /// <summary>Ends this process for code that does not end.</summary>
    /// <param name="hung">The code; whatever comes of it, nobody waits for it any more.</param>
    /// <param name="limit">How long it might have taken.</param>
    public void End(Task hung, TimeSpan limit)
    {
        _ = hung.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        DeadlineLog.Hung(logger, limit);
        Environment.ExitCode = HungExitCode;
        lifetime.StopApplication();
    }
}

/// <summary>A team's code was not done in time.</summary>
/// <remarks>No <see cref="TimeoutException"/>: those are of Redis and pass by themselves.</remarks>
internal sealed class LateException(TimeSpan limit, Exception? cause = null) : Exception($"it was not done after {limit.TotalSeconds:0.###} s", cause);

internal static partial class DeadlineLog
{
    [LoggerMessage(EventId = 1, EventName = "CodeHangs", Level = LogLevel.Error,
        Message = "a computation or a model was not done after {Limit} and does not end; this worker stops, since it holds a device for ever")]
    public static partial void Hung(ILogger logger, TimeSpan limit);
}
