using Cluster.Worker.Slots;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cluster.Worker;

internal sealed class WorkerHealthCheck(WorkerPool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(pool.WhyNotReady is { Length: > 0 } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy("takes work"));
}
