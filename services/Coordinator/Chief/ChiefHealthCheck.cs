using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cluster.Coordinator.Chief;

internal sealed class ChiefHealthCheck(ChiefOffice office) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(office.Token is null
            ? HealthCheckResult.Degraded("stands by: another coordinator is chief, or Redis is away")
            : HealthCheckResult.Healthy("is chief"));
}
