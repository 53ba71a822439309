namespace Cluster.Protocol.Stealing;

/// <summary>When a ps task hands a missing block to a worker that waits.</summary>
public sealed record StealOptions
{
    /// <summary>Grace before enough steps were measured: long enough for most cold code to be compiled. Default 0.5 s; a block that is stolen too early is
    /// computed twice and counted once.</summary>
    public TimeSpan InitialGrace { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Grace afterwards, in median step times. Default 4.</summary>
    public int MedianSteps { get; init; } = 4;

    /// <summary>The shortest grace. Default 20 ms, well above a thread's wake-up.</summary>
    public TimeSpan MinimumGrace { get; init; } = TimeSpan.FromMilliseconds(20);
}
