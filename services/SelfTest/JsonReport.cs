using System.Text.Json;
using Cluster.Contracts.Devices;

namespace Cluster.SelfTest;

/// <summary>The report for programs.</summary>
internal static class JsonReport
{
    public static void Write(SelfTestReport report, Stream output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteBoolean("passed", report.IsPassed);
        writer.WriteString("whyNoGpu", report.WhyNoGpu);
        writer.WriteStartArray("devices");
        foreach (var device in report.Devices)
            Write(writer, device);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, DeviceReport device)
    {
        writer.WriteStartObject();
        writer.WriteString("type", device.IsTestDouble ? "TEST DOUBLE" : device.Info.Type.ToName());
        writer.WriteNumber("index", device.Info.Index);
        writer.WriteString("name", device.Info.Name);
        writer.WriteNumber("memoryBytes", device.Info.MemoryBytes);
        writer.WriteNumber("units", device.Info.Units);
        writer.WriteString("details", device.Info.Details);
        writer.WriteBoolean("passed", device.IsPassed);
        writer.WriteString("failure", device.Failure);
        writer.WriteStartArray("checks");
        foreach (var check in device.Checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            writer.WriteNumber("values", check.Values);
            writer.WriteString("error", check.Error);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("timings");
        foreach (var timing in device.Timings)
        {
            writer.WriteStartObject();
            writer.WriteString("name", timing.Name);
            writer.WriteNumber("perSecond", timing.PerSecond);
            writer.WriteString("unit", timing.Unit);
            if (timing.Limit is { } limit) writer.WriteNumber("limitPerSecond", limit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
