using System.Globalization;
using System.Text.Json;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>A price, on standard output.</summary>
internal static class PriceReport
{
    public static void Write(CommandRun run, PriceResult result)
    {
        if (run.Json) JsonLine.Write(run.Output, json => Write(json, result));
        else Write(run.Output, result);
    }

    /// <summary>
    /// <c>{"job","seed","paths","paying","price","standardError","closedForm","payoffChanceAtMost","warnings":[],"seconds"}</c>, exactly
    /// these and in this order; what there is none of is null.
    /// </summary>
    private static void Write(Utf8JsonWriter json, PriceResult result)
    {
        json.WriteStartObject();
        json.WriteString("job", result.JobId);
        json.WriteNumber("seed", result.Seed);
        json.WriteNumber("paths", result.Paths);
        json.WriteNumber("paying", result.Paying);
        json.WriteNumber("price", result.Price);
        Write(json, "standardError", result.StandardError);
        Write(json, "closedForm", result.ClosedForm);
        Write(json, "payoffChanceAtMost", result.PayoffChanceAtMost);
        json.WriteStartArray("warnings");
        foreach (var warning in result.Warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 6));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void Write(TextWriter output, PriceResult result)
    {
        output.WriteLine(result.StandardError is { } error
            ? $"price ≈ {Figures.Estimate(result.Price, error)} (standard error)"
            : $"price ≈ {Figures.Number(result.Price)}, not to be relied on");
        foreach (var warning in result.Warnings) output.WriteLine($"warning: {warning}");
        var table = new TextTable("paths", $"{Figures.Count(result.Paths)}, seed {result.Seed}");
        if (result.ClosedForm is { } exact) table.Add("exact", $"{Figures.Number(exact)} (Black and Scholes)");
        if (result.PayoffChanceAtMost is { } chance)
            table.Add("pays", string.Create(CultureInfo.InvariantCulture,
                $"{result.Paying:N0} of the paths: a chance of at most {chance:G3} (95 % confidence)"));
        table.Add("speed", result.Elapsed > TimeSpan.Zero ? Figures.Rate(result.Paths / result.Elapsed.TotalSeconds, "paths") : "");
        table.Add("time", $"{result.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s");
        table.Add("job", result.JobId);
        table.Write(output);
    }
}
