using System.Net;
using System.Net.Sockets;

namespace Cluster.AppHost.Servers;

/// <summary>Free ports of 127.0.0.1, below the range from which systems draw those of outgoing connections.</summary>
internal static class LoopbackPorts
{
    private const int First = 20_000;
    private const int Last = 31_999;
    private const int Attempts = 200;

    private static readonly HashSet<int> Taken = [];

    /// <summary>A free port, never given twice by this process.</summary>
    public static int Take()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port) && Taken.Add(port)) return port;
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
