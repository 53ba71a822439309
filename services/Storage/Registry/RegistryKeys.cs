using StackExchange.Redis;

namespace Cluster.Storage.Registry;

/// <summary>
/// Keys of the registry, one hash a job name:
/// <code>
/// cluster:registry:{worker}   counter    number of the last lease handed out
///                             I:lease    expiry (ms of Redis's clock) | token (counter.random) | instance
///                             I:entry    TaskEntry of task I as JSON
///                             I:drain    token of the lease whose holder is asked to leave; absent where none is
/// </code>
/// A claimed GPU is a job name of one index: its UUID.
/// </summary>
internal static class RegistryKeys
{
    public static RedisKey Tasks(string jobName) => $"cluster:registry:{{{jobName}}}";
}
