using System.Diagnostics;

namespace Cluster.Client.Transport;

/// <summary>The spans with which traces of what a user asks for begin, where somebody listens to source <c>Cluster.Client</c>.</summary>
internal static class ClientTracing
{
    private static readonly ActivitySource Source = new("Cluster.Client");

    /// <param name="name">What is asked for: <c>job submit</c>.</param>
    public static Activity? Begin(string name) => Source.StartActivity(name);
}
