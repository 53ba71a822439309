namespace Cluster.Support.Processes;

/// <summary>Waits for conditions that nothing announces.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(60);

    /// <summary>Reads until the condition holds, and returns what was read then.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit; the message shows what was read last.</exception>
    public static async Task<T> UntilAsync<T>(
        string what, Func<Task<T>> read, Func<T, bool> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + limit;
        while (true)
        {
            var last = await read();
            if (holds(last))
                return last;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{what}: not within {limit.TotalSeconds} s; last {last}");
            await Task.Delay(Interval, cancellationToken);
        }
    }
}
