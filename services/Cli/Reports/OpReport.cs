using System.Globalization;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>The result of an op, on standard output.</summary>
internal static class OpReport
{
    public static void Write(CommandRun run, OpResult result)
    {
        if (run.Json) WriteJson(run.Output, result);
        else WriteText(run.Output, result);
    }

    private static void WriteText(TextWriter output, OpResult result)
    {
        output.WriteLine(TensorText.Write(result.Value));
        var table = new TextTable("shape", result.Value.ShapeText);
        table.Add("device", result.Device);
        table.Add("time", $"{result.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s");
        table.Add("job", result.JobId);
        table.Write(output);
    }

    /// <summary><c>{"job","shape","values","device","seconds"}</c>, exactly these and in this order.</summary>
    private static void WriteJson(TextWriter output, OpResult result) => JsonLine.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("job", result.JobId);
        json.WriteStartArray("shape");
        foreach (var length in result.Value.Shape) json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var value in result.Value.Values)
        {
            if (float.IsFinite(value)) json.WriteNumberValue(value);
            else json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
        json.WriteString("device", result.Device);
        json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 6));
        json.WriteEndObject();
    });
}
