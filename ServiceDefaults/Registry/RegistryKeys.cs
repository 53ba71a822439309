using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Registry;

/// <summary>
/// Keys of the registry, one hash a job name:
/// <code>
/// cluster:registry:{worker}   counter    number of the last lease handed out
///                             I:lease    expiry (ms of Redis's clock) | token (counter.random) | instance
///                             I:entry    TaskEntry of task I as JSON
/// </code>
/// </summary>
internal static class RegistryKeys
{
    public static RedisKey Tasks(string jobName) => $"cluster:registry:{{{jobName}}}";
}
