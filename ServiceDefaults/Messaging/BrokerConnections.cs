using System.Security.Authentication;
using Cluster.Contracts.Security;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Cluster.ServiceDefaults.Messaging;

/// <summary>Connections to RabbitMQ beside the bus's own, to the same address with the same trust. They are not opened again by themselves.</summary>
public sealed class BrokerConnections(IConfiguration configuration, ClusterTls tls)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is a broker; within one process there is none.</summary>
    public bool Exist => Address != ClusterBusExtensions.InMemory;

    private string Address => configuration.GetConnectionString("messaging")
        ?? throw new SettingException("ConnectionStrings__messaging is not set; it must hold amqp://user:password@host:port");

    /// <param name="name">What it is for, as the broker lists it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IConnection> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri(Address),
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = ConnectTimeout,
            RequestedHeartbeat = ClusterBusExtensions.Heartbeat,
        };
        if (factory.Ssl.Enabled) Trust(factory.Ssl, tls.Credentials);
        return factory.CreateConnectionAsync(name, cancellationToken);
    }

    private static void Trust(SslOption ssl, TlsCredentials own)
    {
        ssl.Version = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (own.Certificate is { } certificate) ssl.Certs = [certificate];
        ssl.CertificateValidationCallback = (_, certificate, chain, errors) => own.Accepts(certificate, chain, errors);
    }
}
