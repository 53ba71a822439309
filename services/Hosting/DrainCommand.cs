using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Cluster.Client;
using Cluster.Client.Errors;

namespace Cluster.Hosting;

/// <summary>The dashboard's command <c>drain</c> of a worker.</summary>
public static class DrainCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "drain";

    /// <summary>Adds a command to each worker by which it hands back what it has and leaves; the others go on with it.</summary>
    /// <param name="workers">The workers.</param>
    /// <param name="coordinator">The coordinator that passes it on: replicas share one address, so none of them can be asked alone.</param>
    /// <param name="key">The cluster key.</param>
    public static IResourceBuilder<ProjectResource> WithDrainCommand(
        this IResourceBuilder<ProjectResource> workers, IResourceBuilder<ProjectResource> coordinator, IResourceBuilder<ParameterResource> key)
    {
        return workers.WithCommand(Name, "Drain", DrainAsync, new CommandOptions
        {
            Description = "Hands back what this worker has to the others, and ends it.",
            IconName = "SignOut",
            UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Hidden,
        });

        async Task<ExecuteCommandResult> DrainAsync(ExecuteCommandContext context)
        {
            // The orchestrator names a replica RESOURCE-INSTANCE, and gives it INSTANCE as its service.instance.id.
            var instance = context.ResourceName[(workers.Resource.Name.Length + 1)..];
            try
            {
                await using var cluster = ClusterClient.Connect(
                    new Uri(coordinator.GetEndpoint(ServiceEndpoints.Grpc).Url), await key.Resource.GetValueAsync(context.CancellationToken) ?? "");
                await cluster.DrainTaskAsync(instance, context.CancellationToken);
                return CommandResults.Success();
            }
            catch (ClusterException e)
            {
                return CommandResults.Failure(e.Message);
            }
        }
    }
}
