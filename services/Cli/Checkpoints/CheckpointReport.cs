using System.Globalization;
using System.Text.Json;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Checkpoints;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Checkpoints;

/// <summary>Checkpoints as a table, a line or JSON.</summary>
internal static class CheckpointReport
{
    private const int ShownFingerprint = 12;

    public static void WriteAll(CommandRun run, IReadOnlyList<CheckpointInfo> checkpoints)
    {
        if (run.Json)
        {
            JsonLine.Write(run.Output, json =>
            {
                json.WriteStartArray();
                foreach (var checkpoint in checkpoints) Write(json, checkpoint);
                json.WriteEndArray();
            });
            return;
        }

        var table = new TextTable("CHECKPOINT", "FROM", "STEP", "EPOCH", "EXAMPLES", "SIZE", "COMMITTED", "KEPT UNTIL", "FINGERPRINT", "METRICS");
        foreach (var checkpoint in checkpoints)
        {
            table.Add(
                checkpoint.Id, checkpoint.Origin, Figures.Count(checkpoint.Clock), checkpoint.Epochs.ToString("0.##", CultureInfo.InvariantCulture),
                Figures.Count(checkpoint.Examples), Size(checkpoint.Bytes), Figures.Moment(checkpoint.CommittedAt),
                checkpoint.ExpiresAt is { } expires ? Figures.Moment(expires) : checkpoint.IsNamed ? "removed" : "job ends",
                checkpoint.Fingerprint[..Math.Min(ShownFingerprint, checkpoint.Fingerprint.Length)], Metrics(checkpoint));
        }

        table.Write(run.Output);
    }

    public static void WriteOne(CommandRun run, CheckpointInfo checkpoint, string what)
    {
        if (run.Json) JsonLine.Write(run.Output, json => Write(json, checkpoint));
        else run.Output.WriteLine($"{what}: step {Figures.Count(checkpoint.Clock)}, {Figures.Count(checkpoint.Examples, "example")}, "
            + $"{Size(checkpoint.Bytes)}, fingerprint {checkpoint.Fingerprint}");
    }

    private static void Write(Utf8JsonWriter json, CheckpointInfo checkpoint)
    {
        json.WriteStartObject();
        json.WriteString("checkpoint", checkpoint.Id);
        json.WriteString("origin", checkpoint.Origin);
        json.WriteBoolean("named", checkpoint.IsNamed);
        json.WriteBoolean("best", checkpoint.IsBest);
        json.WriteNumber("step", checkpoint.Clock);
        json.WriteNumber("epochs", checkpoint.Epochs);
        json.WriteNumber("examples", checkpoint.Examples);
        json.WriteNumber("bytes", checkpoint.Bytes);
        json.WriteNumber("slots", checkpoint.Slots);
        json.WriteString("committed", checkpoint.CommittedAt.UtcDateTime);
        if (checkpoint.ExpiresAt is { } expires) json.WriteString("expires", expires.UtcDateTime);
        else json.WriteNull("expires");
        json.WriteString("fingerprint", checkpoint.Fingerprint);
        json.WriteStartObject("metrics");
        foreach (var (name, value) in checkpoint.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)) json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WritePropertyName("spec");
        checkpoint.Spec.WriteTo(json);
        json.WriteEndObject();
    }

    private static string Metrics(CheckpointInfo checkpoint)
    {
        List<string> metrics = [.. checkpoint.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)
            .Select(metric => $"{metric.Key} {Figures.Number(metric.Value)}")];
        if (metrics.Count > 0) metrics[0] = $"{(HoldsOut(checkpoint.Spec) ? EvaluationSets.HeldOut : EvaluationSets.Training)} {metrics[0]}";
        return string.Join(", ", metrics.Concat(checkpoint.IsBest ? ["best"] : []));
    }

    private static bool HoldsOut(JsonElement spec)
        => spec.ValueKind == JsonValueKind.Object && spec.TryGetProperty("testFraction", out var fraction) && fraction.GetDouble() > 0;

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };
}
