namespace Cluster.Client.Transport;

/// <summary>Pauses that double up to a limit, each shortened by up to half at random so that clients do not return together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private int _doublings;

    public TimeSpan Next()
    {
        var pause = Math.Min(longest.TotalSeconds, Math.ScaleB(first.TotalSeconds, _doublings++));
        return TimeSpan.FromSeconds(pause * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    public void Reset() => _doublings = 0;
}
