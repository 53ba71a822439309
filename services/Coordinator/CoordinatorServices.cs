using Cluster.Coordinator.Access;
using Cluster.Coordinator.Api;
using Cluster.Coordinator.Checkpoints;
using Cluster.Coordinator.Chief;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Data;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Coordinator.Predictions;
using Cluster.Coordinator.Supervision;
using Cluster.Coordinator.Tasks;
using Cluster.Models;
using Cluster.ServiceDefaults.Messaging;
using Cluster.Storage;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using MassTransit;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cluster.Coordinator;

/// <summary>What makes a process the coordinator.</summary>
public static class CoordinatorServices
{
    public static WebApplicationBuilder AddCoordinator(this WebApplicationBuilder builder)
    {
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<AuditInterceptor>();
            grpc.Interceptors.Add<UnavailableInterceptor>();
        });
        builder.Services.AddAccess();
        builder.Services.AddOptions<CoordinatorOptions>().BindConfiguration(CoordinatorOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddStorage();
        builder.Services.AddSingleton<BrokerConnections>();
        builder.Services.AddSingleton<ClusterCondition>();
        builder.Services.AddSingleton<RedisRoom>();
        builder.Services.AddHostedService<RedisWatch>();
        builder.Services.AddHostedService<BrokerWatch>();
        builder.Services.AddSingleton<DataMetrics>();
        builder.Services.AddSingleton<DataLoader>();
        builder.Services.AddSingleton<DataRemoval>();
        builder.Services.AddSingleton(provider => new RedisJobs(provider.GetRequiredService<IConnectionMultiplexer>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<CoordinatorOptions>>().Value.JobRetention));
        builder.Services.AddSingleton<RedisRanges>();
        builder.Services.AddSingleton<JobFeeds>();
        builder.Services.AddSingleton<JobMetrics>();
        builder.Services.AddSingleton<TrainingMetrics>();
        builder.Services.AddSingleton<ConditionMetrics>();
        builder.Services.AddSingleton<LiveTasks>();
        builder.Services.AddSingleton<WorkerDrain>();
        builder.Services.AddSingleton<WorkPublisher>();
        builder.Services.AddSingleton<RunnerParts>();
        builder.Services.AddModels();
        builder.Services.AddSingleton<StoreChannels>();
        builder.Services.AddSingleton<TrainingPlanner>();
        builder.Services.AddSingleton<JobStart>();
        builder.Services.AddSingleton<CheckpointView>();
        builder.Services.AddSingleton<NamedCheckpoints>();
        builder.Services.AddSingleton<CheckpointExport>();
        builder.Services.AddSingleton<CheckpointImport>();
        builder.Services.AddSingleton<RowPredictors>();
        builder.Services.AddSingleton<TrainingAdmission>();
        builder.Services.AddSingleton<TrainingCancellation>();
        builder.Services.AddSingleton<TrainingCleanUp>();
        builder.Services.AddSingleton<WorkerShares>();
        builder.Services.AddSingleton<JobKindRunners>();
        builder.Services.AddSingleton<JobDescriber>();
        builder.Services.AddSingleton<JobRunners>();
        builder.Services.AddSingleton<ChiefOffice>();
        builder.Services.AddHostedService<ChiefService>();
        builder.Services.AddHealthChecks().AddCheck<ChiefHealthCheck>("chief").AddCheck<ConditionHealthCheck>("condition");
        return builder;
    }

    public static WebApplication MapCoordinator(this WebApplication app)
    {
        app.UseMiddleware<MessageLimitReason>();
        app.MapGrpcService<JobGrpcService>();
        app.MapGrpcService<SummariesGrpcService>();
        app.MapGrpcService<RegistryGrpcService>();
        app.MapGrpcService<DataSetsGrpcService>();
        app.MapGrpcService<CheckpointsGrpcService>();
        app.MapGrpcService<PredictionsGrpcService>();
        return app;
    }

    /// <summary>The coordinator's part of the process's bus.</summary>
    public static void AddConsumers(IBusRegistrationConfigurator bus)
        => bus.AddConsumer<JobEventsConsumer, JobEventsConsumerDefinition>();
}
