using Cluster.Persistence.Checkpoints;
using Cluster.Persistence.Data;
using Cluster.Persistence.Durability;
using Cluster.Persistence.Snapshots;
using Cluster.Persistence.Training;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Cluster.Persistence;

/// <summary>What of a training job is kept in Redis.</summary>
public static class PersistenceServices
{
    /// <summary>Adds them once, however many services of a process ask.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services)
    {
        services.TryAddSingleton<RedisTraining>();
        services.TryAddSingleton<RedisDataSets>();
        services.TryAddSingleton<RedisDurability>();
        services.TryAddSingleton<RedisCheckpoints>();
        services.TryAddSingleton<CheckpointReader>();
        services.TryAddSingleton<CheckpointCopier>();
        services.TryAddSingleton(provider => new SnapshotReader(provider.GetRequiredKeyedService<IConnectionMultiplexer>(RedisExtensions.Bulk)));
        return services;
    }
}
