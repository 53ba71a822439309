using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Contracts.Devices;

/// <summary>
/// A device name, whole or in part, as distributed TensorFlow writes them:
/// <c>/job:worker/replica:0/task:1/device:GPU:0</c>, in any order, with the short forms <c>/gpu:0</c> and <c>/cpu:0</c>.
/// A field that is null, <c>*</c> in text, is not specified. Job names and the words before the colons are case-sensitive,
/// device types are not. A leading '/' is needed, and no part may come twice.
/// </summary>
[JsonConverter(typeof(DeviceSpecJsonConverter))]
public sealed record DeviceSpec
{
    /// <summary>Nothing specified: any device will do.</summary>
    public static DeviceSpec Any { get; } = new();

    /// <summary>TensorFlow's job name: <c>worker</c>, <c>ps</c> or <c>chief</c>.</summary>
    public string? JobName { get; init; }

    public int? Replica { get; init; }

    /// <summary>Task index within the job name.</summary>
    public int? Task { get; init; }

    public DeviceType? Type { get; init; }

    /// <summary>Device index within the task, for its type.</summary>
    public int? Index { get; init; }

    /// <summary>Reads a full or short form. An empty text is <see cref="Any"/>.</summary>
    /// <exception cref="FormatException">A part is wrong; the message names the part and its position.</exception>
    public static DeviceSpec Parse(string text)
        => DeviceSpecParser.TryParse(text, out var spec, out var error) ? spec : throw new FormatException(error);

    /// <summary>Reads a full or short form; <paramref name="error"/> names the part that is wrong.</summary>
    public static bool TryParse(string? text, out DeviceSpec spec, out string error)
        => DeviceSpecParser.TryParse(text, out spec, out error);

    /// <summary>This spec as the outer scope of <paramref name="inner"/>: fields the inner one sets win.</summary>
    public DeviceSpec Merge(DeviceSpec inner) => new()
    {
        JobName = inner.JobName ?? JobName,
        Replica = inner.Replica ?? Replica,
        Task = inner.Task ?? Task,
        Type = inner.Type ?? Type,
        Index = inner.Index ?? Index,
    };

    /// <summary>Whether a device of the given full name satisfies every field that this spec sets.</summary>
    public bool Matches(DeviceSpec device)
        => (JobName is null || JobName == device.JobName)
        && (Replica is null || Replica == device.Replica)
        && (Task is null || Task == device.Task)
        && (Type is null || Type == device.Type)
        && (Index is null || Index == device.Index);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (JobName is not null) text.Append("/job:").Append(JobName);
        if (Replica is not null) text.Append("/replica:").Append(Replica);
        if (Task is not null) text.Append("/task:").Append(Task);
        if (Type is { } type) text.Append("/device:").Append(type.ToName()).Append(':').Append(Index?.ToString() ?? "*");
        return text.ToString();
    }
}

internal sealed class DeviceSpecJsonConverter : JsonConverter<DeviceSpec>
{
    public override DeviceSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("a device spec is a string");
        return DeviceSpec.TryParse(text, out var spec, out var error) ? spec : throw new JsonException(error);
    }

    public override void Write(Utf8JsonWriter writer, DeviceSpec value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}
