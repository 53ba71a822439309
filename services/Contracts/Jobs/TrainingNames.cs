namespace Cluster.Contracts.Jobs;

/// <summary>What a training spec can name.</summary>
public static class TrainingNames
{
    public const string Linear = "linear";

    /// <summary>A step waits for all lanes: the same bits on any number of workers.</summary>
    public const string Sync = "sync";

    /// <summary>A lane's gradient is applied when it arrives.</summary>
    public const string Async = "async";

    /// <summary>As async, but a lane waits where it would be more than a number of clocks ahead of the slowest one (stale synchronous parallel).</summary>
    public const string Ssp = "ssp";

    public const string Sgd = "sgd";
    public const string Adagrad = "adagrad";

    /// <summary>Models that every cluster has; a team's own come on top.</summary>
    public static IReadOnlyList<string> Models { get; } = [Linear];

    public static IReadOnlyList<string> Modes { get; } = [Sync, Async, Ssp];

    public static IReadOnlyList<string> Optimizers { get; } = [Sgd, Adagrad];
}
