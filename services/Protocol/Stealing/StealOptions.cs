namespace Cluster.Protocol.Stealing;

/// <summary>When a ps task hands a missing block to a worker that waits.</summary>
public sealed record StealOptions
{
    /// <summary>Grace before enough steps were measured: long, so that compilation of cold code steals nothing. Default 2 s.</summary>
    public TimeSpan InitialGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Grace afterwards, in median step times. Default 4.</summary>
    public int MedianSteps { get; init; } = 4;

    /// <summary>The shortest grace. Default 20 ms, well above a thread's wake-up.</summary>
    public TimeSpan MinimumGrace { get; init; } = TimeSpan.FromMilliseconds(20);
}
