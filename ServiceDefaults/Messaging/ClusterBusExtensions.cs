using System.Net.Security;
using System.Security.Authentication;
using Cluster.Contracts.Security;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.ServiceDefaults.Messaging;

/// <summary>
/// The bus of a process: RabbitMQ at <c>ConnectionStrings__messaging</c> (amqp://…, or amqps://… by TLS), or, when it reads <c>inmemory</c>,
/// MassTransit's in-memory transport, which all services of the process share.
/// </summary>
/// <remarks>MassTransit opens its connection itself, with health check and telemetry,
/// so that one of Aspire.RabbitMQ.Client would be a second one beside it.</remarks>
public static class ClusterBusExtensions
{
    public const string InMemory = "inmemory";

    private const string TlsScheme = "amqps";

    // A consumer on a machine that hangs is noticed after two missed heartbeats.
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConsumerStopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(7);

    /// <param name="builder">The service's builder.</param>
    /// <param name="parts">What the services of this process add: consumers and endpoints.</param>
    public static WebApplicationBuilder AddClusterBus(this WebApplicationBuilder builder, params Action<IBusRegistrationConfigurator>[] parts)
    {
        var connection = builder.Configuration.GetConnectionString("messaging")
            ?? throw new SettingException("ConnectionStrings__messaging is not set; it must hold amqp://user:password@host:port");
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            options.StopTimeout = StopTimeout;
            options.ConsumerStopTimeout = ConsumerStopTimeout;
        });
        builder.Services.AddMassTransit(bus =>
        {
            // MassTransit would report to its makers what this process uses.
            bus.DisableUsageTelemetry();
            foreach (var part in parts) part(bus);
            if (connection == InMemory) bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
            else bus.UsingRabbitMq((context, transport) => ConfigureRabbitMq(transport, context, new Uri(connection)));
        });
        return builder;
    }

    private static void ConfigureRabbitMq(IRabbitMqBusFactoryConfigurator transport, IBusRegistrationContext context, Uri address)
    {
        transport.Host(address, host =>
        {
            host.Heartbeat(Heartbeat);
            host.PublisherConfirmation = true;
            if (address.Scheme == TlsScheme) host.UseSsl(ssl => Trust(ssl, address.Host, context.GetRequiredService<ClusterTls>().Credentials));
        });
        transport.DeployPublishTopology = true;
        transport.DeclareWorkQueues();
        transport.ConfigureEndpoints(context);
    }

    private static void Trust(IRabbitMqSslConfigurator ssl, string host, TlsCredentials tls)
    {
        ssl.Protocol = SslProtocols.Tls12 | SslProtocols.Tls13;
        ssl.ServerName = host;
        ssl.Certificate = tls.Certificate;
        // Else the library lets pass a certificate of another name.
        ssl.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable);
        ssl.CertificateValidationCallback = (_, certificate, chain, errors) => tls.Accepts(certificate, chain, errors);
    }
}
