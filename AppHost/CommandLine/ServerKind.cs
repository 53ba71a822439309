namespace Cluster.AppHost.CommandLine;

/// <summary>What the cluster's Redis and RabbitMQ are.</summary>
internal enum ServerKind
{
    /// <summary>Containers with volumes.</summary>
    Containers,

    /// <summary>This machine's own programs, with a folder for their data.</summary>
    Executables,

    /// <summary>None: Standalone has its own, in one process.</summary>
    Embedded,
}

internal static class ServerKinds
{
    /// <summary>As the command line names them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<ServerKind>().Select(name => name.ToLowerInvariant())];

    public static bool TryParse(string name, out ServerKind kind)
    {
        var index = Names.ToList().IndexOf(name);
        kind = index < 0 ? default : (ServerKind)index;
        return index >= 0;
    }
}
