using Cluster.Models;
using Cluster.Storage;

namespace Cluster.Worker.Training;

/// <summary>What of a worker is about training.</summary>
internal static class TrainingServices
{
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        services.AddStorage();
        services.AddModels();
        services.AddSingleton<TrainingInputsCache>();
        services.AddSingleton<TrainingMetrics>();
        services.AddSingleton<StoreDirectory>();
        services.AddSingleton<SegmentExchangeContext>();
        services.AddSingleton<SegmentExchanges>();
        services.AddSingleton<SegmentRunner>();
        services.AddSingleton<CommittedModels>();
        services.AddSingleton<ModelEvaluator>();
        services.AddSingleton<WorkerStop>();
        return services;
    }
}
