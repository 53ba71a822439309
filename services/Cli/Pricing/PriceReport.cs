using System.Globalization;
using System.Text.Json;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Pricing;

/// <summary>A price, on standard output.</summary>
internal static class PriceReport
{
    public static void Write(CommandRun run, PriceResult result)
    {
        if (run.Json) JsonLine.Write(run.Output, json => Write(json, result));
        else Write(run.Output, result);
    }

    /// <summary><c>{"job","seed","paths","price","standardError","seconds"}</c>, exactly these and in this order.</summary>
    private static void Write(Utf8JsonWriter json, PriceResult result)
    {
        json.WriteStartObject();
        json.WriteString("job", result.JobId);
        json.WriteNumber("seed", result.Seed);
        json.WriteNumber("paths", result.Paths);
        json.WriteNumber("price", result.Price);
        json.WriteNumber("standardError", result.StandardError);
        json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 6));
        json.WriteEndObject();
    }

    private static void Write(TextWriter output, PriceResult result)
    {
        output.WriteLine($"price ≈ {Figures.Estimate(result.Price, result.StandardError)} (standard error)");
        var table = new TextTable("paths", $"{Figures.Count(result.Paths)}, seed {result.Seed}");
        table.Add("speed", result.Elapsed > TimeSpan.Zero ? Figures.Rate(result.Paths / result.Elapsed.TotalSeconds, "paths") : "");
        table.Add("time", $"{result.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s");
        table.Add("job", result.JobId);
        table.Write(output);
    }
}
