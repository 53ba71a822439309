namespace Cluster.AppHost.Servers;

/// <summary>The machine's own servers, on PATH or where packages put them.</summary>
internal static class ServerPrograms
{
    public const string Install = "sudo apt-get install redis-server rabbitmq-server";

    private const string RabbitMqScript = "rabbitmq-server";

    public static string? Redis => OperatingSystem.IsWindows() ? null
        : Find("redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server");

    /// <summary>Debian's command is a link to a wrapper that changes the user; the script itself lies beside the wrapper.</summary>
    public static string? RabbitMq => OperatingSystem.IsWindows() ? null
        : Find(RabbitMqScript, $"/usr/lib/rabbitmq/bin/{RabbitMqScript}", $"/usr/sbin/{RabbitMqScript}", $"/usr/local/sbin/{RabbitMqScript}",
        $"/opt/homebrew/sbin/{RabbitMqScript}")
            is { } found ? Resolve(Path.Combine(Path.GetDirectoryName(Resolve(found))!, RabbitMqScript)) : null;

    /// <summary>Erlang's port mapper, which comes with RabbitMQ.</summary>
    public static string? PortMapper => Find("epmd", "/usr/lib/erlang/bin/epmd", "/opt/homebrew/bin/epmd");

    /// <summary>The servers that are not installed; empty for none.</summary>
    public static string Missing => string.Join(" and ", new[]
    {
        Redis is null ? "redis-server" : null,
        RabbitMq is null || PortMapper is null ? "rabbitmq-server" : null,
    }.OfType<string>());

    /// <summary>Full path of a program on PATH or, after that, at one of the given places; null when it is at none.</summary>
    internal static string? Find(string name, params string[] otherPlaces) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name))
        .Concat(otherPlaces)
        .FirstOrDefault(path => Resolve(path) is not null);

    // The file that a path leads to in the end; null when there is none, as behind a link to what was removed.
    private static string? Resolve(string path)
    {
        var file = new FileInfo(path);
        var target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        return target.Exists ? target.FullName : null;
    }
}
