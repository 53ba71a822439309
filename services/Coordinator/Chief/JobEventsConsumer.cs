using Cluster.Protocol.Messages;
using MassTransit;

namespace Cluster.Coordinator.Chief;

/// <summary>Hands what workers say to the runner of the job.</summary>
internal sealed class JobEventsConsumer(JobRunners runners)
    : IConsumer<RangeComputed>, IConsumer<RangeFailed>, IConsumer<RangesMerged>, IConsumer<RangesNotMerged>,
        IConsumer<SegmentReached>, IConsumer<SegmentFailed>, IConsumer<ModelEvaluated>, IConsumer<ModelNotEvaluated>
{
    public Task Consume(ConsumeContext<RangeComputed> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangeFailed> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangesMerged> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangesNotMerged> context) => TellAsync(context.Message.JobId, context.Message);

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

internal sealed class JobEventsConsumerDefinition : ConsumerDefinition<JobEventsConsumer>
{
    public JobEventsConsumerDefinition() => EndpointName = QueueNames.Coordinator;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpoint, IConsumerConfigurator<JobEventsConsumer> consumer, IRegistrationContext context)
    {
        endpoint.PrefetchCount = 64;
        // Events are hints: one that cannot be read is logged, and no queue of such ones grows that nobody looks at.
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        if (endpoint is IRabbitMqReceiveEndpointConfigurator queue) queue.SetQuorumQueue();
    }
}
