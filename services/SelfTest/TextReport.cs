using System.Globalization;

namespace Cluster.SelfTest;

/// <summary>The report for people.</summary>
internal static class TextReport
{
    public static void Write(SelfTestReport report, TextWriter output)
    {
        foreach (var device in report.Devices)
            Write(device, output);
        if (report.WhyNoGpu is { } why) output.WriteLine($"No GPU was tested. {why}");
        output.WriteLine(report.IsPassed ? "passed: all results have the right bits" : "FAILED");
    }

    private static void Write(DeviceReport device, TextWriter output)
    {
        var info = device.Info;
        output.WriteLine(Invariant($"{info.Name} ({info.Units} units, {info.MemoryBytes / 1e9:0.0} GB; {info.Details})"));
        foreach (var check in device.Checks)
            output.WriteLine(Invariant($"  {check.Name,-24}{(check.Error is null ? $"{check.Values} values, same bits" : $"FAILED: {check.Error}")}"));
        foreach (var timing in device.Timings)
        {
            var share = timing.Limit is { } limit ? Invariant($", {timing.PerSecond / limit:P0} of {limit / 1e9:0} G{timing.Unit}/s") : "";
            output.WriteLine(Invariant($"  {timing.Name,-34}{timing.PerSecond / 1e9,10:0.000} G{timing.Unit}/s{share}"));
        }

        if (device.Failure is { } failure) output.WriteLine($"  FAILED: {failure}");
        output.WriteLine();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
