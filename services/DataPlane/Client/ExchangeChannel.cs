using System.Net.Security;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Cluster.DataPlane.Client;

/// <summary>A connection to a ps task's process.</summary>
public sealed class ExchangeChannel : IDisposable
{
    // Two frames under way: more would only lie in the client, in blocks of 16 KiB of which the shared pool keeps 32 a core
    // and leaves the rest to the collector. Benchmarks -- exchange shows the bytes a step. It stays as it is since
    // Directory.Build.props turns its growth off.
    private const int StreamWindowBytes = 512 << 10;

    private readonly GrpcChannel _channel;

    /// <param name="address">Of the process's gRPC listener.</param>
    /// <param name="clusterKey">The cluster key.</param>
    /// <param name="tls">For an address with <c>https://</c>; by default the system's authorities are trusted.</param>
    public ExchangeChannel(Uri address, string clusterKey, SslClientAuthenticationOptions? tls = null)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                InitialHttp2StreamWindowSize = StreamWindowBytes,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(10),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                SslOptions = tls ?? new SslClientAuthenticationOptions(),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = Frames.FrameLimits.MaxBytes,
            MaxSendMessageSize = Frames.FrameLimits.MaxBytes,
        });
        Invoker = _channel.CreateCallInvoker().Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {clusterKey}");
            return metadata;
        });
    }

    /// <summary>For exchange streams and control calls alike.</summary>
    public CallInvoker Invoker { get; }

    public void Dispose() => _channel.Dispose();
}
