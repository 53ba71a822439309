using Cluster.EndToEnd.Security;
using Google.Protobuf;

namespace Cluster.EndToEnd.Telemetry;

/// <summary>A span as a process exported it.</summary>
/// <param name="Service">Which service did so.</param>
/// <param name="Trace">Its trace.</param>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The id of its parent; empty for none.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsLinked">Whether it names another span that it belongs to.</param>
internal sealed record OtlpSpan(string Service, string Trace, string Id, string Parent, string Name, bool IsLinked);

/// <summary>A line of a log as a process exported it.</summary>
/// <param name="Service">Which service did so.</param>
/// <param name="Severity">From 13 on a warning, from 17 on an error.</param>
/// <param name="Body">What it says.</param>
internal sealed record OtlpLog(string Service, ulong Severity, string Body);

/// <summary>What a sink has been sent, as records.</summary>
internal static class OtlpRecords
{
    private const string ServiceName = "service.name";

    public static IReadOnlyList<OtlpSpan> Spans(this OtlpSink sink) =>
    [
        .. from scope in Scopes(sink, "/v1/traces")
           from span in scope.Records
           select new OtlpSpan(scope.Service, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.All(13).Any()),
    ];

    public static IReadOnlyList<OtlpLog> Logs(this OtlpSink sink) =>
    [
        .. from scope in Scopes(sink, "/v1/logs")
           from record in scope.Records
           select new OtlpLog(scope.Service, record.Value(2), new OtlpFields(record.Bytes(5)).Text(1)),
    ];

    // Request → resource → scope → record: fields 1, 2 and 2 of each kind of telemetry.
    private static IEnumerable<(string Service, IEnumerable<OtlpFields> Records)> Scopes(OtlpSink sink, string path) =>
        from body in sink.Received
        where body.Path == path
        from resource in new OtlpFields(ByteString.CopyFrom(body.Body)).All(1)
        let service = new OtlpFields(resource.Bytes(1)).Attribute(1, ServiceName)
        from scope in resource.All(2)
        select (service, scope.All(2));
}
