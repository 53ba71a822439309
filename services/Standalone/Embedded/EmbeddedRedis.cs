using System.Net;
using System.Net.Sockets;
using Cluster.ServiceDefaults.Security;
using Garnet;

namespace Cluster.Standalone.Embedded;

/// <summary>Redis's protocol from within the process: Garnet on loopback, with a password, in memory alone.</summary>
internal sealed class EmbeddedRedis : IDisposable
{
    private const int Attempts = 5;

    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, string connectionString) => (_server, ConnectionString) = (server, connectionString);

    public string ConnectionString { get; }

    /// <summary>Starts on a free port; another process may take the port first, so it tries a few.</summary>
    /// <exception cref="InvalidOperationException">No attempt succeeded.</exception>
    public static EmbeddedRedis Start()
    {
        var password = ClusterKey.Generate();
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            try
            {
                var server = new GarnetServer(Arguments(port, password));
                server.Start();
                return new EmbeddedRedis(server, $"127.0.0.1:{port},password={password}");
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // The port was taken in between.
            }
        }
    }

    public void Dispose() => _server.Dispose();

    // Scripts are atomic only in transaction mode. Memory is an eviction limit: it is far above what jobs keep here.
    private static string[] Arguments(int port, string password) =>
    [
        "--port", $"{port}", "--bind", "127.0.0.1", "--auth", "Password", "--password", password,
        "--memory", "1g", "--index", "1m", "--device-type", "RandomAccess",
        "--lua", "true", "--lua-transaction-mode", "true", "-q",
    ];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
