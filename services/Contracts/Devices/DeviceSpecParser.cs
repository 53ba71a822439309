using System.Globalization;

namespace Cluster.Contracts.Devices;

/// <summary>
/// Reads device names: parts separated by '/', each <c>job:NAME</c>, <c>replica:N</c>, <c>task:N</c>,
/// <c>device:TYPE:N</c> or the short forms <c>cpu:N</c> and <c>gpu:N</c>; a name or number of '*' leaves it open.
/// </summary>
internal static class DeviceSpecParser
{
    private const int MaxLength = 256;
    private const string Open = "*";

    [Flags]
    private enum Parts
    {
        None = 0,
        Job = 1,
        Replica = 2,
        Task = 4,
        Device = 8,
    }

    public static bool TryParse(string? text, out DeviceSpec spec, out string error)
    {
        spec = DeviceSpec.Any;
        error = "";
        if (string.IsNullOrEmpty(text)) return true;
        if (text.Length > MaxLength) return Fail(out error, $"device spec of {text.Length} characters is longer than {MaxLength}");
        if (text[0] != '/') return Fail(out error, $"device spec '{text}' must start with '/', as in /job:worker/task:0/cpu:0");

        var position = 1;
        var seen = Parts.None;
        foreach (var part in text[1..].Split('/'))
        {
            if (ReadPart(part, ref spec, ref seen) is { } problem)
            {
                spec = DeviceSpec.Any;
                return Fail(out error, $"device spec '{text}': part '{part}' at position {position}: {problem}");
            }

            position += part.Length + 1;
        }

        return true;
    }

    private static string? ReadPart(string part, ref DeviceSpec spec, ref Parts seen)
    {
        var fields = part.Split(':');
        return fields[0] switch
        {
            "job" when fields.Length == 2 => Twice(Parts.Job, ref seen) ?? ReadJob(fields[1], ref spec),
            "replica" when fields.Length == 2 => Twice(Parts.Replica, ref seen) ?? ReadReplica(fields[1], ref spec),
            "task" when fields.Length == 2 => Twice(Parts.Task, ref seen) ?? ReadTask(fields[1], ref spec),
            "device" when fields.Length is 2 or 3 => Twice(Parts.Device, ref seen) ?? ReadDevice(fields[1], fields.ElementAtOrDefault(2), ref spec),
            _ when fields.Length <= 2 && DeviceTypeNames.TryParse(fields[0], out _)
                => Twice(Parts.Device, ref seen) ?? ReadDevice(fields[0], fields.ElementAtOrDefault(1), ref spec),
            "job" => "'job' takes one value, as in job:worker",
            "replica" or "task" => $"'{fields[0]}' takes one value, as in {fields[0]}:0",
            "device" => "'device' takes a type and an index, as in device:CPU:0",
            _ => $"'{fields[0]}' is none of job, replica, task, device, cpu, gpu",
        };
    }

    private static string? Twice(Parts part, ref Parts seen)
    {
        if (seen.HasFlag(part)) return part == Parts.Device ? "the device is given twice" : $"{part.ToString().ToLowerInvariant()} is given twice";
        seen |= part;
        return null;
    }

    private static string? ReadJob(string name, ref DeviceSpec spec)
    {
        if (name == Open) return null;
        if (!IsJobName(name)) return $"job name '{name}' is not a letter followed by letters, digits or '_'";
        spec = spec with { JobName = name };
        return null;
    }

    private static string? ReadReplica(string text, ref DeviceSpec spec)
    {
        if (!TryReadIndex(text, out var number)) return NotAnIndex("replica", text);
        spec = spec with { Replica = number };
        return null;
    }

    private static string? ReadTask(string text, ref DeviceSpec spec)
    {
        if (!TryReadIndex(text, out var number)) return NotAnIndex("task", text);
        spec = spec with { Task = number };
        return null;
    }

    private static string? ReadDevice(string type, string? index, ref DeviceSpec spec)
    {
        if (!DeviceTypeNames.TryParse(type, out var deviceType)) return $"device type '{type}' is neither CPU nor GPU";
        if (!TryReadIndex(index ?? Open, out var number)) return NotAnIndex("device index", index!);
        spec = spec with { Type = deviceType, Index = number };
        return null;
    }

    // Null for '*', which leaves the number open.
    private static bool TryReadIndex(string text, out int? number)
    {
        number = null;
        if (text == Open) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read)) return false;
        number = read;
        return true;
    }

    private static string NotAnIndex(string field, string text) => $"{field} '{text}' is not a whole number from 0 to {int.MaxValue}";

    private static bool IsJobName(string name)
        => name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool Fail(out string error, string message)
    {
        error = message;
        return false;
    }
}
