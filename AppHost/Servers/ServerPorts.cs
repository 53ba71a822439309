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
    /// Waits until nobody listens at the ports that the folder's servers had last: it may be a server of an app host that was killed, on
    /// this very data.
    /// </summary>
    /// <exception cref="AppHostException">It does not end.</exception>
    public static async Task UntilFreeAsync(DataFolder data)
    {
        foreach (var (name, port) in data.Ports()) await UntilFreeAsync(data, name, port);
    }

    /// <summary>The server's port: the one that it had last, else a free one.</summary>
    public static int Take(DataFolder data, string name)
    {
        var port = data.Port(name) ?? LoopbackPorts.Take();
        data.KeepPort(name, port);
        return port;
    }

    private static async Task UntilFreeAsync(DataFolder data, string name, int port)
    {
        for (var waited = TimeSpan.Zero; !LoopbackPorts.IsFree(port); waited += Pause)
        {
            if (waited == TimeSpan.Zero)
                Console.WriteLine($"{name}: port {port} of {data.Path} is still taken, by the cluster that was there before perhaps: waiting for it to end");
            if (waited >= Patience)
                throw new AppHostException($"{name}: somebody listens on 127.0.0.1:{port}, the port of the data folder {data.Path}. A server that an earlier "
                    + $"app host left behind? End it. Another program? Delete {Path.Combine(data.Path, "ports", name)} to have another port drawn");
            await Task.Delay(Pause);
        }
    }
}
