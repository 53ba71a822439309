using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Hosting;

namespace Cluster.AppHost.Running;

/// <summary>Something that the app host does from before the first resource starts until the cluster stops.</summary>
internal abstract class RunModeSubscriber(IHostApplicationLifetime lifetime) : IDistributedApplicationEventingSubscriber
{
    public Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        if (context.IsRunMode) eventing.Subscribe<BeforeStartEvent>(Start);
        return Task.CompletedTask;
    }

    /// <param name="stopping">Cancelled when the cluster stops: the normal end.</param>
    protected abstract Task RunAsync(CancellationToken stopping);

    private Task Start(BeforeStartEvent started, CancellationToken cancellationToken)
    {
        _ = RunUntilStoppedAsync(lifetime.ApplicationStopping);
        return Task.CompletedTask;
    }

    private async Task RunUntilStoppedAsync(CancellationToken stopping)
    {
        try
        {
            await RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The cluster stops.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The cluster runs without it.
            Console.Error.WriteLine($"{GetType().Name}: {e.Message}");
        }
    }
}
