using Cluster.ParameterStore.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cluster.ParameterStore;

internal sealed class ParameterStoreHealthCheck(ParameterStorePool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(pool.IsReady ? HealthCheckResult.Healthy("serves") : HealthCheckResult.Unhealthy("waits for its lease"));
}
