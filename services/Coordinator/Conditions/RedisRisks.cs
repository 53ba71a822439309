namespace Cluster.Coordinator.Conditions;

/// <summary>What the settings of Redis mean for the users' data.</summary>
internal static class RedisRisks
{
    /// <summary>Each risk in a sentence; none for a Redis that keeps what it acknowledged.</summary>
    public static IEnumerable<string> Of(RedisSettings settings)
    {
        if (Role(settings.Role) is { } role) yield return role;
        if (Eviction(settings.EvictionPolicy) is { } eviction) yield return eviction;
        if (File(settings) is { } file) yield return file;
    }

    private static string? Role(string? role) => role switch
    {
        "master" => null,
        null => "whether it is a replica, whose data go when its primary sends its own, cannot be seen (INFO replication)",
        _ => "it is a replica: it refuses what is written to it, or loses it when its primary sends its own data; name the primary in ConnectionStrings__redis",
    };

    private static string? Eviction(string? policy) => policy switch
    {
        "noeviction" => null,
        null => "whether it deletes data when its memory is full cannot be seen (INFO memory, CONFIG GET maxmemory-policy)",
        _ when policy.StartsWith("volatile-", StringComparison.Ordinal) =>
            $"maxmemory-policy is {policy}: when its memory is full it deletes data sets without a name, ended jobs and snapshots under way " +
            "without a word; it must be noeviction",
        _ => $"maxmemory-policy is {policy}: when its memory is full it deletes data sets, checkpoints and jobs without a word; it must be noeviction",
    };

    private static string? File(RedisSettings settings) => settings switch
    {
        { HasFile: false } => "appendonly is no: when it ends or is restarted, jobs, commits, checkpoints and data sets are gone; it must be yes",
        { HasFile: null } => "whether it keeps anything when it ends cannot be seen (INFO persistence)",
        { TellsWhatIsSynced: true, SyncPolicy: not "no" } => null,
        { SyncPolicy: "no" } =>
            "appendfsync is no: when its machine fails, about half a minute of jobs and commits is gone that was reported as kept; " +
            "it must be always or everysec",
        { SyncPolicy: null } =>
            "whether and when it syncs its append-only file cannot be seen (CONFIG GET appendfsync is refused, and Redis before 7.2 has no WAITAOF): " +
            "commits may be reported that are not on its disk",
        { StopsSyncing: true } =>
            "no-appendfsync-on-rewrite is yes: while it rewrites its append-only file it syncs nothing, and when its machine fails then, " +
            "commits are gone that were reported; it must be no",
        _ => null,
    };
}
