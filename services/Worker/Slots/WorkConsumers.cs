using MassTransit;

namespace Cluster.Worker.Slots;

/// <summary>Gives a queue of work items its consumers.</summary>
internal delegate void WorkConsumers(IRegistrationContext context, IReceiveEndpointConfigurator queue);
