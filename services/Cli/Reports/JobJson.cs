using System.Text.Json;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>Jobs and results as JSON.</summary>
internal static class JobJson
{
    /// <summary><c>{"job","seed","points","inside","pi","seconds"}</c>, exactly these and in this order.</summary>
    public static void Write(Utf8JsonWriter json, PiResult result)
    {
        json.WriteStartObject();
        json.WriteString("job", result.JobId);
        json.WriteNumber("seed", result.Seed);
        json.WriteNumber("points", result.Points);
        json.WriteNumber("inside", result.Inside);
        json.WriteNumber("pi", result.Pi);
        json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 6));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, JobInfo job)
    {
        json.WriteStartObject();
        json.WriteString("job", job.Id);
        json.WriteString("kind", job.Kind);
        json.WriteString("state", JobText.State(job.State));
        WriteElement(json, "spec", job.Spec);
        json.WriteString("submitted", job.SubmittedAt);
        WriteTime(json, "started", job.StartedAt);
        WriteTime(json, "ended", job.EndedAt);
        WriteElement(json, "result", job.Result);
        json.WriteString("error", job.Error);
        WriteProgress(json, job.Progress);
        json.WriteString("generation", job.Generation);
        json.WriteString("key", job.SubmissionKey);
        if (job.Training is { } training) TrainingJson.Write(json, training);
        json.WriteEndObject();
    }

    private static void WriteProgress(Utf8JsonWriter json, JobProgress progress)
    {
        json.WriteStartObject("progress");
        json.WriteNumber("done", progress.Done);
        json.WriteNumber("total", progress.Total);
        if (progress.Total > 0) json.WriteNumber("fraction", Math.Round(progress.Fraction, 6));
        else json.WriteNull("fraction");
        json.WriteString("unit", progress.Unit);
        json.WriteNumber("rate", double.IsFinite(progress.Rate) ? progress.Rate : 0);
        json.WriteNumber("itemsDone", progress.ItemsDone);
        json.WriteNumber("itemsOutstanding", progress.ItemsOutstanding);
        json.WriteNumber("itemsRepublished", progress.ItemsRepublished);
        json.WriteNumber("itemsFailed", progress.ItemsFailed);
        json.WriteNumber("itemsTakenOver", progress.ItemsTakenOver);
        json.WriteNumber("chiefs", progress.Chiefs);
        json.WriteString("waitingFor", progress.WaitingFor);
        json.WriteEndObject();
    }

    private static void WriteElement(Utf8JsonWriter json, string name, JsonElement? element)
    {
        json.WritePropertyName(name);
        if (element is { } value) value.WriteTo(json);
        else json.WriteNullValue();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value) json.WriteString(name, value);
        else json.WriteNull(name);
    }
}
