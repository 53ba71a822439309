using Microsoft.Extensions.Hosting;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>The moment when the host listens: addresses are known only from then on.</summary>
public static class ApplicationStart
{
    public static async Task WaitForStartAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
