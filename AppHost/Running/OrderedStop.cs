using Microsoft.Extensions.Hosting;

namespace Cluster.AppHost.Running;

/// <summary>
/// Stops the services before the servers that they need: the orchestrator stops all at once, and a service that waits for a Redis that is gone
/// takes its whole time. Must be registered last, so that it is stopped first.
/// </summary>
internal sealed class OrderedStop(DistributedApplicationModel model, ResourceCommandService commands) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await Task.WhenAll(model.Resources.OfType<ProjectResource>()
                .Select(service => commands.ExecuteCommandAsync(service, KnownResourceCommands.StopCommand, limit.Token).WaitAsync(limit.Token)));
        }
        catch (OperationCanceledException)
        {
            // The orchestrator kills what is left.
        }
    }
}
