using System.Globalization;
using System.Text.Json;
using Cluster.Cli.Output;
using Cluster.Client.Summaries;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Summaries;

/// <summary>Summaries for people, and as JSON.</summary>
internal static class SummaryReport
{
    private const int MaxRows = 20;

    /// <summary>A curve for each value, then the newest points.</summary>
    public static void Write(TextWriter output, IReadOnlyList<SummaryPoint> points)
    {
        string[] names = [.. points.SelectMany(point => point.Values.Keys).Distinct().Order(StringComparer.Ordinal)];
        foreach (var name in names)
            output.WriteLine(SummaryCurves.Line(Shown(name), [.. points.Where(p => p.Values.ContainsKey(name)).Select(p => p.Values[name])]));
        var table = new TextTable(["step", .. names.Select(Shown)]);
        foreach (var point in points.TakeLast(MaxRows))
            table.Add([Figures.Count(point.Clock), .. names.Select(name => point.Values.TryGetValue(name, out var value) ? Figures.Number(value) : "")]);
        table.Write(output);
        if (points.Count > MaxRows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the newest {MaxRows} of {points.Count} points; --csv and --json have all"));
    }

    private static string Shown(string name) => name == SummaryNames.Loss ? SummaryCurves.TrainingLoss : name;

    /// <summary><c>[{"step","time","values":{name:number}}]</c>.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<SummaryPoint> points)
    {
        json.WriteStartArray();
        foreach (var point in points)
        {
            json.WriteStartObject();
            json.WriteNumber("step", point.Clock);
            json.WriteString("time", point.At.UtcDateTime);
            json.WriteStartObject("values");
            foreach (var (name, value) in point.Values.OrderBy(v => v.Key, StringComparer.Ordinal)) json.WriteNumber(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
