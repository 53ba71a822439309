using System.Diagnostics.Metrics;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Metrics of scripts in Redis, by OpenTelemetry's conventions for databases.</summary>
internal static class RedisMetrics
{
    private const string Name = "db.client.operation.duration";

    private static readonly Meter Meter = new("Cluster.Redis");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        Name, "s", "Time that a script in Redis takes, its way there and back included; those that failed have error.type", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    /// <param name="script">The script.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    public static void Evaluated(string script, TimeSpan took, Exception? failure)
    {
        KeyValuePair<string, object?> system = new("db.system.name", "redis"), name = new("db.stored_procedure.name", script);
        if (failure is null) Duration.Record(took.TotalSeconds, system, name);
        else Duration.Record(took.TotalSeconds, system, name, new("error.type", failure.GetType().FullName));
    }
}
