namespace Cluster.AppHost.CommandLine;

/// <summary>What was asked of the app host on its command line.</summary>
internal sealed record AppHostOptions
{
    public int Workers { get; init; } = 2;

    public int GpuWorkers { get; init; }

    public int ParameterStores { get; init; } = 1;

    /// <summary>What Redis and RabbitMQ are to be; null for what there is.</summary>
    public ServerKind? Servers { get; init; }

    /// <summary>No Redis and RabbitMQ servers are an error instead of Standalone.</summary>
    public bool RequireServers { get; init; }

    /// <summary>Nothing of the cluster is kept.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>Where the cluster's data is kept; null for this checkout's folder under the user's state directory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where address and key are written for the CLI; null for the user's list of running clusters.</summary>
    public string? StateFile { get; init; }

    /// <summary>Arguments that are Aspire's own.</summary>
    public IReadOnlyList<string> AspireArguments { get; init; } = [];

    /// <summary>Aspire writes what the model is instead of running it.</summary>
    public bool IsPublishing
        => AspireArguments.Any(argument => argument is "--publisher" or "--operation" || argument.StartsWith("--publisher=", StringComparison.Ordinal)
        || argument.StartsWith("--operation=", StringComparison.Ordinal));
}
