namespace Cluster.AppHost;

internal static class RedisPersistence
{
    /// <summary>Has Redis keep what it acknowledged while its container lasts, as the local engine's does; Aspire starts it without a file.</summary>
    public static void KeepRedis(this IDistributedApplicationBuilder builder)
    {
        foreach (var redis in builder.Resources.OfType<RedisResource>().ToList())
        {
            // Aspire hands the server's whole command to a shell, as the last argument.
            builder.CreateResourceBuilder(redis).WithArgs(context =>
                context.Args[context.Args.Count - 1] = $"{context.Args[context.Args.Count - 1]} --appendonly yes --appendfsync always --maxmemory-policy noeviction");
        }
    }
}
