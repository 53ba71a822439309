using System.Text.Json;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>Training as JSON.</summary>
internal static class TrainingJson
{
    /// <summary>
    /// <c>{"job","mode","lanes","steps","examples","loss","parameters":{name:[…]},"fingerprint","seconds"}</c>, exactly these
    /// and in this order; <c>parameters</c> is null for a model that is too large to be spelled out. Of a job that was
    /// evaluated on its way, then <c>"last","best"</c>, <c>{"step","set","examples","values":{…},"fingerprint"}</c> each, and
    /// <c>"end"</c>. Last <c>"lossSet"</c>, what <c>"loss"</c> is over, always <c>"training"</c>; and of a job whose user ought
    /// to look at something <c>"warnings":[…]</c>.
    /// </summary>
    public static void Write(Utf8JsonWriter json, TrainedModel model)
    {
        json.WriteStartObject();
        json.WriteString("job", model.JobId);
        json.WriteString("mode", model.Mode);
        json.WriteNumber("lanes", model.Lanes);
        json.WriteNumber("steps", model.Steps);
        json.WriteNumber("examples", model.Examples);
        json.WriteNumber("loss", model.Loss);
        WriteParameters(json, model.Parameters);
        json.WriteString("fingerprint", model.Fingerprint);
        json.WriteNumber("seconds", Math.Round(model.Elapsed.TotalSeconds, 6));
        if (model.LastEvaluation is { } last) Write(json, "last", last);
        if (model.BestEvaluation is { } best) Write(json, "best", best);
        if (model.LastEvaluation is not null) json.WriteString("end", model.End);
        json.WriteString("lossSet", EvaluationSets.Training);
        WriteWarnings(json, model.Warnings);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TrainingProgress training)
    {
        json.WriteStartObject("training");
        json.WriteNumber("lanes", training.Lanes);
        json.WriteNumber("parameterStores", training.ParameterStores);
        json.WriteNumber("committedClock", training.CommittedClock);
        json.WriteNumber("committedExamples", training.CommittedExamples);
        json.WriteNumber("segments", training.Segments);
        json.WriteNumber("commits", training.Commits);
        json.WriteNumber("generations", training.Generations);
        json.WriteNumber("steals", training.Steals);
        json.WriteStartObject("refusals");
        foreach (var (reason, count) in training.Refusals.OrderBy(r => r.Key, StringComparer.Ordinal)) json.WriteNumber(reason, count);
        json.WriteEndObject();
        if (training.Loss is { } loss && double.IsFinite(loss)) json.WriteNumber("loss", loss);
        else json.WriteNull("loss");
        json.WriteNumber("examples", training.Examples);
        json.WriteNumber("examplesRate", double.IsFinite(training.ExamplesRate) ? training.ExamplesRate : 0);
        if (training.LastEvaluation is { } last) Write(json, "last", last);
        if (training.BestEvaluation is { } best) Write(json, "best", best);
        if (training.EndReason.Length > 0) json.WriteString("end", training.EndReason);
        json.WriteNumber("stepExamples", training.StepExamples);
        json.WriteNumber("stepsPerEpoch", training.StepsPerEpoch);
        json.WriteStartArray("staleness");
        foreach (var count in training.Staleness) json.WriteNumberValue(count);
        json.WriteEndArray();
        if (training.Expected is { } expected) json.WriteNumber("expectedSeconds", Math.Round(expected.TotalSeconds, 3));
        else json.WriteNull("expectedSeconds");
        json.WriteString("lossSet", EvaluationSets.Training);
        WriteWarnings(json, training.Warnings);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, EvaluationFigures figures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("step", figures.Clock);
        json.WriteString("set", EvaluationSets.NameOf(figures.Set));
        json.WriteNumber("examples", figures.Examples);
        json.WriteStartObject("values");
        foreach (var (metric, value) in figures.Values.OrderBy(v => v.Key, StringComparer.Ordinal)) json.WriteNumber(metric, value);
        json.WriteEndObject();
        json.WriteString("fingerprint", figures.Fingerprint);
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0) return;
        json.WriteStartArray("warnings");
        foreach (var warning in warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    private static void WriteParameters(Utf8JsonWriter json, IReadOnlyDictionary<string, IReadOnlyList<float>>? parameters)
    {
        if (parameters is null)
        {
            json.WriteNull("parameters");
            return;
        }

        json.WriteStartObject("parameters");
        foreach (var (name, values) in parameters)
        {
            json.WriteStartArray(name);
            foreach (var value in values) json.WriteNumberValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
