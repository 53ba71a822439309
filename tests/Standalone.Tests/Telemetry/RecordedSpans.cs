using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace Cluster.Standalone.Tests.Telemetry;

/// <summary>Keeps what would be exported.</summary>
internal sealed class RecordedSpans : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = new();

    public IReadOnlyList<Activity> All => [.. _spans];

    /// <summary>Spans of one trace.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _spans.Where(span => span.TraceId == trace)];

    public override void OnEnd(Activity data)
    {
        if (data.Recorded) _spans.Enqueue(data);
    }
}
