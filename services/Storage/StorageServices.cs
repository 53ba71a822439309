using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Data;
using Cluster.Storage.Durability;
using Cluster.Storage.Registry;
using Cluster.Storage.Snapshots;
using Cluster.Storage.Sources;
using Cluster.Storage.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Cluster.Storage;

/// <summary>What the cluster keeps in Redis.</summary>
public static class StorageServices
{
    /// <summary>Adds them once, however many services of a process ask.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.TryAddSingleton<RedisRegistry>();
        services.TryAddSingleton<RedisTraining>();
        services.TryAddSingleton<RedisSummaries>();
        services.AddOptions<DataSourceOptions>().BindConfiguration(DataSourceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<DataSources>();
        services.TryAddSingleton<RedisDataSets>();
        services.TryAddSingleton<RedisDurability>();
        services.TryAddSingleton<RedisCheckpoints>();
        services.TryAddSingleton<CheckpointReader>();
        services.TryAddSingleton<CheckpointCopier>();
        services.TryAddSingleton(provider => new SnapshotReader(provider.GetRequiredKeyedService<IConnectionMultiplexer>(RedisExtensions.Bulk)));
        return services;
    }
}
