using Cluster.Compute.Devices;
using System.Globalization;

namespace Cluster.Contracts.Devices;

/// <summary>
/// Reads device names: parts separated by '/', each <c>job:NAME</c>, <c>replica:N</c>, <c>task:N</c>,
/// <c>device:TYPE:N</c> or the short forms <c>cpu:N</c> and <c>gpu:N</c>; an index of '*' leaves it open.
/// </summary>
internal static class DeviceSpecParser
{
    private const int MaxLength = 256;

    public static bool TryParse(string? text, out DeviceSpec spec, out string error)
    {
        spec = DeviceSpec.Any;
        error = "";
        if (string.IsNullOrEmpty(text)) return true;
        if (text.Length > MaxLength) return Fail(out error, $"device spec of {text.Length} characters is longer than {MaxLength}");
        if (text[0] != '/') return Fail(out error, $"device spec '{text}' must start with '/', as in /job:worker/task:0/cpu:0");

        var position = 1;
        foreach (var part in text[1..].Split('/'))
        {
            if (ReadPart(part, ref spec) is { } problem)
            {
                spec = DeviceSpec.Any;
                return Fail(out error, $"device spec '{text}': part '{part}' at position {position}: {problem}");
            }

            position += part.Length + 1;
        }

        return true;
    }

    private static string? ReadPart(string part, ref DeviceSpec spec)
    {
        var fields = part.Split(':');
        return fields[0] switch
        {
            "job" when fields.Length == 2 => ReadJob(fields[1], ref spec),
            "replica" when fields.Length == 2 => ReadReplica(fields[1], ref spec),
            "task" when fields.Length == 2 => ReadTask(fields[1], ref spec),
            "device" when fields.Length is 2 or 3 => ReadDevice(fields[1], fields.ElementAtOrDefault(2), ref spec),
            _ when fields.Length <= 2 && DeviceTypeNames.TryParse(fields[0], out _) => ReadDevice(fields[0], fields.ElementAtOrDefault(1), ref spec),
            "job" => "'job' takes one value, as in job:worker",
            "replica" or "task" => $"'{fields[0]}' takes one value, as in {fields[0]}:0",
            "device" => "'device' takes a type and an index, as in device:CPU:0",
            _ => $"'{fields[0]}' is none of job, replica, task, device, cpu, gpu",
        };
    }

    private static string? ReadJob(string name, ref DeviceSpec spec)
    {
        if (spec.JobName is not null) return "job is given twice";
        if (!IsJobName(name)) return $"job name '{name}' is not a letter followed by letters, digits or '_'";
        spec = spec with { JobName = name };
        return null;
    }

    private static string? ReadReplica(string text, ref DeviceSpec spec)
    {
        if (spec.Replica is not null) return "replica is given twice";
        if (!TryReadIndex(text, out var number)) return NotAnIndex("replica", text);
        spec = spec with { Replica = number };
        return null;
    }

    private static string? ReadTask(string text, ref DeviceSpec spec)
    {
        if (spec.Task is not null) return "task is given twice";
        if (!TryReadIndex(text, out var number)) return NotAnIndex("task", text);
        spec = spec with { Task = number };
        return null;
    }

    private static string? ReadDevice(string type, string? index, ref DeviceSpec spec)
    {
        if (spec.Type is not null) return "the device is given twice";
        if (!DeviceTypeNames.TryParse(type, out var deviceType)) return $"device type '{type}' is neither CPU nor GPU";
        if (index is null or "*")
        {
            spec = spec with { Type = deviceType };
            return null;
        }

        if (!TryReadIndex(index, out var number)) return NotAnIndex("device index", index);
        spec = spec with { Type = deviceType, Index = number };
        return null;
    }

    private static bool TryReadIndex(string text, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string NotAnIndex(string field, string text) => $"{field} '{text}' is not a whole number from 0 to {int.MaxValue}";

    private static bool IsJobName(string name)
        => name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool Fail(out string error, string message)
    {
        error = message;
        return false;
    }
}
