using Cluster.Worker.Slots;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cluster.Worker;

internal sealed class WorkerHealthCheck(WorkerPool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(pool.IsReady
            ? HealthCheckResult.Healthy("takes work")
            : HealthCheckResult.Unhealthy("waits for its lease or its queues"));
}
