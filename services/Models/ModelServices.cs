using Cluster.Models.Dense;
using Cluster.Models.Linear;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cluster.Models;

/// <summary>Models of a process.</summary>
public static class ModelServices
{
    /// <summary>Adds the catalog and the models that come with the cluster, once.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ModelCatalog(provider.GetServices<IModelFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IModelFactory, LinearRegressionFactory>());
        services.AddModel<LogisticRegressionFactory>().AddModel<SoftmaxRegressionFactory>().AddModel<PerceptronFactory>();
        return services;
    }

    /// <summary>Registers a model; the coordinator and every worker need it.</summary>
    public static IServiceCollection AddModel<T>(this IServiceCollection services)
        where T : class, IModelFactory
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IModelFactory, T>());
        return services;
    }
}
