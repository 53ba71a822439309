using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cluster.Cli.Telemetry;

/// <summary>Exports what this process asks of the cluster, as the first spans of its traces, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says whereto.</summary>
internal static class CommandTracing
{
    private const string ServiceName = "cluster-cli";

    /// <summary>Begins; what is disposed of sends the rest.</summary>
    public static IDisposable? Start()
    {
        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))) return null;
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? ServiceName))
            .SetSampler(AskedForSampler.Rule())
            // The second is between the first and the HTTP call, which would have a parent that nobody exported.
            .AddSource("Cluster.Client", "Grpc.Net.Client")
            .AddHttpClientInstrumentation()
            .AddOtlpExporter()
            .Build();
    }
}
