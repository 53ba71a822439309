using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;

namespace Cluster.AppHost.Servers;

/// <summary>The ports of servers that have a data folder: the same from one run to the next.</summary>
internal static class ServerPorts
{
    // The orchestrator ends what an app host that was killed has left within 15 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The server's port. Somebody who still listens there may be the server of an app host that was killed, on this very data: then this
    /// waits until that one has ended.
    /// </summary>
    /// <exception cref="AppHostException">It does not end.</exception>
    public static int Take(DataFolder data, string name)
    {
        var port = data.Port(name) ?? LoopbackPorts.Take();
        var waited = TimeSpan.Zero;
        for (; !LoopbackPorts.IsFree(port); waited += Pause)
        {
            if (waited == TimeSpan.Zero) Console.WriteLine($"{name}: port {port} of {data.Path} is still taken, by the cluster that was there before perhaps: waiting for it to end");
            if (waited >= Patience)
                throw new AppHostException($"{name}: somebody listens on 127.0.0.1:{port}, the port of the data folder {data.Path}. A server that an earlier app host left behind? End it. Another program? Delete {Path.Combine(data.Path, "ports", name)} to have another port drawn");
            Thread.Sleep(Pause);
        }

        data.KeepPort(name, port);
        return port;
    }
}
