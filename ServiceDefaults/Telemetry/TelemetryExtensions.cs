using Cluster.ServiceDefaults.Hosting;
using MassTransit.Logging;
using MassTransit.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cluster.ServiceDefaults.Telemetry;

/// <summary>Logs to the console; and logs, metrics and traces through OpenTelemetry where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says whereto.</summary>
internal static class TelemetryExtensions
{
    private const string AllClusterSources = "Cluster.*";

    // Between the span of who calls and that of the HTTP call, which would have a parent that nobody exported.
    private const string GrpcCalls = "Grpc.Net.Client";

    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("MassTransit", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // A line for each refused call, which anybody can cause; the audit log is bounded.
            .AddFilter("Cluster.ServiceDefaults.Security.ClusterKeyAuthenticationHandler", LogLevel.Warning)
            // The exporter's own calls would be logged, and their logs exported by further calls.
            .AddFilter("Polly", LogLevel.Warning).AddFilter("System.Net.Http.HttpClient", LogLevel.Warning)
            // ClusterEndpoints sets the listeners itself, which Kestrel would warn of at each start.
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error)
            // /health answers who asks; a service that starts or stands by is no error, and what goes wrong is said where it does.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            // ServiceProgram says in a line why a service did not start.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // What nobody reads is not collected: it would cost a tenth of a service's start, and something at each message.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) builder.AddExport(serviceName);
    }

    private static void AddExport(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                builder.Configuration["OTEL_SERVICE_NAME"] ?? serviceName, serviceInstanceId: ProcessInstance.Name(builder.Configuration)))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                .AddMeter(InstrumentationOptions.MeterName, AllClusterSources))
            .WithTracing(tracing => tracing.AddClusterTraces())
            .UseOtlpExporter();
    }

    /// <summary>What a service traces: see <see cref="TraceRoots"/>.</summary>
    internal static TracerProviderBuilder AddClusterTraces(this TracerProviderBuilder tracing) => tracing
        .SetSampler(TraceRoots.Rule())
        .AddAspNetCoreInstrumentation(http => http.Filter = TracedCalls.Include)
        .AddHttpClientInstrumentation()
        .AddSource(DiagnosticHeaders.DefaultListenerName, GrpcCalls, AllClusterSources);
}
