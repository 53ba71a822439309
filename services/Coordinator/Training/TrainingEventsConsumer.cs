using Cluster.Contracts.Messages;
using Cluster.Coordinator.Jobs;
using MassTransit;

namespace Cluster.Coordinator.Training;

/// <summary>Hands what workers say to the runner of the job.</summary>
internal sealed class TrainingEventsConsumer(JobRunners runners)
    : IConsumer<SegmentReached>, IConsumer<SegmentFailed>, IConsumer<ModelEvaluated>, IConsumer<ModelNotEvaluated>
{
    public Task Consume(ConsumeContext<SegmentReached> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<SegmentFailed> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<ModelEvaluated> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<ModelNotEvaluated> context) => TellAsync(context.Message.JobId, context.Message);

    private Task TellAsync(string jobId, object told)
    {
        runners.Tell(jobId, told);
        return Task.CompletedTask;
    }
}

internal sealed class TrainingEventsConsumerDefinition : ConsumerDefinition<TrainingEventsConsumer>
{
    public TrainingEventsConsumerDefinition() => EndpointName = QueueNames.Coordinator;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpoint, IConsumerConfigurator<TrainingEventsConsumer> consumer, IRegistrationContext context)
    {
        endpoint.PrefetchCount = 64;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator queue) queue.SetQuorumQueue();
    }
}
