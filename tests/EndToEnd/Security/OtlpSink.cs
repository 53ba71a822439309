using System.Collections.Concurrent;
using System.Net;
using Cluster.AppHost.Servers;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd.Security;

/// <summary>Takes the telemetry that processes export, to be searched.</summary>
internal sealed class OtlpSink : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    private OtlpSink(string address)
    {
        _listener.Prefixes.Add(address);
        Environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "500",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        };
    }

    /// <summary>What makes a service export to it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>What has come, by path: <c>/v1/traces</c>, <c>/v1/logs</c>, <c>/v1/metrics</c>.</summary>
    public IReadOnlyCollection<(string Path, byte[] Body)> Received => _received;

    /// <summary>Listens until the end of this process.</summary>
    public static OtlpSink Start()
    {
        var sink = new OtlpSink(FormattableString.Invariant($"http://127.0.0.1:{LoopbackPorts.Take()}/"));
        sink._listener.Start();
        _ = sink.ServeAsync();
        return sink;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        using var body = new MemoryStream();
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                body.SetLength(0);
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
                // Its process was killed, or the sink is closed.
            }
        }
    }
}
