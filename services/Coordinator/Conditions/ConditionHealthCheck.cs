using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cluster.Coordinator.Conditions;

/// <summary>Degraded, and why, while the cluster waits for Redis or RabbitMQ or accepts nothing new.</summary>
internal sealed class ConditionHealthCheck(ClusterCondition condition) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (waitingFor, refusal) = (condition.WaitingFor, condition.Refusal);
        return Task.FromResult((waitingFor, refusal) switch
        {
            ("", null) => HealthCheckResult.Healthy("accepts what is new"),
            (_, { } refused) => HealthCheckResult.Degraded(refused.Detail),
            _ => HealthCheckResult.Degraded($"waits for {waitingFor}"),
        });
    }
}
