using Cluster.AppHost.Servers;
using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>Addresses of a process, which it keeps over its restarts.</summary>
/// <param name="Http">Where it is asked whether it is well, without TLS: who asks need not know anybody.</param>
/// <param name="Grpc">Where it is called; in a worker nobody listens there.</param>
internal sealed record ServiceEndpoints(Uri Http, Uri Grpc)
{
    /// <summary>Free ports of 127.0.0.1.</summary>
    public static ServiceEndpoints Take(bool grpcByTls)
        => new(At(Uri.UriSchemeHttp), At(grpcByTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp));

    private static Uri At(string scheme) => new(FormattableString.Invariant($"{scheme}://127.0.0.1:{LoopbackPorts.Take()}"));
}
