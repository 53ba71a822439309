namespace Cluster.LocalHosting;

/// <summary>How the local engine runs a model.</summary>
public sealed record LocalRunnerOptions
{
    /// <summary>Where the state of the cluster is written; null: the per-user directory of clusters.</summary>
    public string? StateFile { get; init; }

    /// <summary>False where a child writes the state of the cluster itself, as Standalone does. Default true.</summary>
    public bool PublishesState { get; init; } = true;

    /// <summary>Where the output of the runner and of its children goes.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Whether prefixes are coloured.</summary>
    public bool Colors { get; init; }

    /// <summary>How long the whole cluster may take to come up. Default 180 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>How long services may take to end after SIGTERM before they are killed. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the servers may take to end after the services, before they are killed. Default 2 s.</summary>
    public TimeSpan ServerStopTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
