using System.Collections.Concurrent;
using Cluster.ServiceDefaults.Security;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>Connections to the processes of ps tasks, one an address, kept for the life of this process.</summary>
internal sealed class StoreChannels(IConfiguration configuration, ClusterTls tls) : IDisposable
{
    /// <summary>Time in which a ps task answers a call; it answers before anything slow.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Lazy<GrpcChannel>> _channels = new();

    /// <param name="address"><c>host:port</c> of the process's gRPC listener.</param>
    public V1.Parameters.ParametersClient ClientOf(string address)
    {
        var key = configuration[ClusterKey.Variable] ?? "";
        var channel = _channels.GetOrAdd(address, a => new Lazy<GrpcChannel>(() => Open(a))).Value;
        return new V1.Parameters.ParametersClient(channel.CreateCallInvoker().Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {key}");
            return metadata;
        }));
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values) channel.Value.Dispose();
    }

    private GrpcChannel Open(string address) => GrpcChannel.ForAddress(tls.AddressOf(address), new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            KeepAlivePingDelay = KeepAlive,
            KeepAlivePingTimeout = KeepAlive,
            SslOptions = tls.Credentials.ForClient(),
        },
        DisposeHttpClient = true,
    });
}
