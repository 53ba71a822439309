namespace Cluster.Worker.Training;

/// <summary>Waits that double, with jitter: between half and all of the doubled time.</summary>
internal static class Backoff
{
    /// <param name="failure">Number of the failure, from 1.</param>
    /// <param name="first">The wait after the first one.</param>
    /// <param name="longest">The longest wait.</param>
    public static TimeSpan Of(int failure, TimeSpan first, TimeSpan longest)
    {
        var wait = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(failure, 32) - 1));
        return TimeSpan.FromMilliseconds(wait * (1 + Random.Shared.NextDouble()) / 2);
    }
}
