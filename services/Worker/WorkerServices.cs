using Cluster.Compute.Computations;
using Cluster.Compute.Ops;
using Cluster.Storage.Ranges;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Ranges;
using Cluster.Worker.Slots;
using Cluster.Worker.Training;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Cluster.Worker;

/// <summary>What makes a process a worker, or, in Standalone, several.</summary>
public static class WorkerServices
{
    /// <param name="builder">The process's builder.</param>
    /// <param name="count">Worker tasks in this process, each with a lease and devices of its own.</param>
    public static WebApplicationBuilder AddWorkers(this WebApplicationBuilder builder, int count)
    {
        builder.Services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new WorkerDevices(
            services.GetRequiredService<IOptions<WorkerOptions>>().Value, services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<WorkerDevices>>()));
        builder.Services.AddSingleton<GpuClaim>();
        builder.Services.AddSingleton(new WorkConsumers(ConsumeWork));
        builder.Services.AddSingleton(services => new WorkerPool(count, services));
        builder.Services.AddHostedService(services => services.GetRequiredService<WorkerPool>());
        builder.Services.AddSingleton<ItemSlots>();
        builder.Services.AddSingleton<RedisRangeResults>();
        builder.Services.AddSingleton<CodeDeadline>();
        builder.Services.AddSingleton<RangeRunner>();
        builder.Services.AddSingleton<RangeMerger>();
        builder.Services.AddSingleton<CoordinatorNotice>();
        builder.Services.AddSingleton<RangeMetrics>();
        builder.Services.AddSingleton<SlotMetrics>();
        builder.Services.AddTraining();
        builder.Services.AddSingleton(services => new ComputationCatalog(services.GetServices<IComputation>()));
        builder.Services.AddComputation<PiComputation>();
        builder.Services.AddComputation<PriceComputation>();
        builder.Services.AddComputation<OpComputation>();
        builder.Services.AddHealthChecks().AddCheck<WorkerHealthCheck>("worker");
        return builder;
    }

    /// <summary>Registers a computation that this worker can run; jobs name it by <see cref="IComputation.Name"/>.</summary>
    public static IServiceCollection AddComputation<T>(this IServiceCollection services)
        where T : class, IComputation
        => services.AddSingleton<IComputation, T>();

    /// <summary>The worker's part of the process's bus. Its queues are connected when a task has its lease.</summary>
    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<ComputeRangeConsumer>().ExcludeFromConfigureEndpoints();
        bus.AddConsumer<MergeRangesConsumer>().ExcludeFromConfigureEndpoints();
        bus.AddConsumer<TrainSegmentConsumer>().ExcludeFromConfigureEndpoints();
        bus.AddConsumer<EvaluateModelConsumer>().ExcludeFromConfigureEndpoints();
    }

    private static void ConsumeWork(IRegistrationContext context, IReceiveEndpointConfigurator queue)
    {
        queue.ConfigureConsumer<ComputeRangeConsumer>(context);
        queue.ConfigureConsumer<MergeRangesConsumer>(context);
        queue.ConfigureConsumer<TrainSegmentConsumer>(context);
        queue.ConfigureConsumer<EvaluateModelConsumer>(context);
    }
}
