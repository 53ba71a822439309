namespace Cluster.Coordinator.Jobs;

/// <summary>The pauses of a runner that was interrupted: they double from 100 ms to 2 s, each with half as much more or less at random.
/// Owned by one runner.</summary>
internal sealed class RunnerBackoff(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TimeSpan _pause = Shortest;

    /// <summary>The runner got on: the next pause is the shortest.</summary>
    public void Reset() => _pause = Shortest;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
    }
}
