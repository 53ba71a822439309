using Cluster.Contracts.Messages;
using Cluster.Coordinator.Jobs;
using MassTransit;

namespace Cluster.Coordinator.Computations;

/// <summary>Hands what workers say to the runner of the job.</summary>
internal sealed class RangeEventsConsumer(JobRunners runners)
    : IConsumer<RangeComputed>, IConsumer<RangeFailed>, IConsumer<RangesMerged>, IConsumer<RangesNotMerged>
{
    public Task Consume(ConsumeContext<RangeComputed> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangeFailed> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangesMerged> context) => TellAsync(context.Message.JobId, context.Message);

    public Task Consume(ConsumeContext<RangesNotMerged> context) => TellAsync(context.Message.JobId, context.Message);

    private Task TellAsync(string jobId, object told)
    {
        runners.Tell(jobId, told);
        return Task.CompletedTask;
    }
}

internal sealed class RangeEventsConsumerDefinition : ConsumerDefinition<RangeEventsConsumer>
{
    public RangeEventsConsumerDefinition() => EndpointName = QueueNames.Coordinator;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpoint, IConsumerConfigurator<RangeEventsConsumer> consumer, IRegistrationContext context)
    {
        endpoint.PrefetchCount = 64;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator queue) queue.SetQuorumQueue();
    }
}
