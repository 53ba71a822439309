namespace Cluster.Standalone.Embedded;

/// <summary>What an embedded cluster consists of.</summary>
public sealed record EmbeddedClusterOptions
{
    public const int MaxWorkers = 64;
    public const int MaxParameterStores = 8;

    /// <summary>Worker tasks, 1 to <see cref="MaxWorkers"/>; they share the machine's cores.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Ps tasks, 1 to <see cref="MaxParameterStores"/>, all at one address.</summary>
    public int ParameterStores { get; init; } = 1;

    /// <summary>Adds to the cluster's services: computations of one's own, say.</summary>
    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    /// <summary>What is logged to standard error.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Error;
}
