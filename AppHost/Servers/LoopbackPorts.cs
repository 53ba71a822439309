using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Cluster.AppHost.Servers;

/// <summary>Free ports of 127.0.0.1. Thread safe. The tests' servers draw theirs here too.</summary>
/// <remarks>
/// Below the range from which Linux, macOS and Windows draw the ports of outgoing connections: a service that is down
/// for a moment would otherwise find its port in use by somebody's connection.
/// </remarks>
public static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Last = 31_999;
    private const int Attempts = 200;

    private static readonly ConcurrentDictionary<int, bool> HandedOut = new();

    /// <summary>A free port, drawn at random and never handed out twice by this process.</summary>
    /// <exception cref="InvalidOperationException">No free port was found.</exception>
    public static int Take()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port) && HandedOut.TryAdd(port, true)) return port;
        }

        throw new InvalidOperationException($"no free port of 127.0.0.1 in {First}..{Last} after {Attempts} attempts");
    }

    /// <summary>Whether nobody listens there now.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
