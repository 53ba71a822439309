using System.Text.Json;
using Cluster.Client.Training;

namespace Cluster.Cli.Training;

/// <summary>Training as JSON.</summary>
internal static class TrainingJson
{
    /// <summary>
    /// <c>{"job","mode","lanes","steps","examples","loss","parameters":{name:[…]},"fingerprint","seconds"}</c>, exactly these
    /// and in this order; <c>parameters</c> is null for a model that is too large to be spelled out.
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
        json.WriteNumber("stepExamples", training.StepExamples);
        json.WriteNumber("stepsPerEpoch", training.StepsPerEpoch);
        json.WriteStartArray("staleness");
        foreach (var count in training.Staleness) json.WriteNumberValue(count);
        json.WriteEndArray();
        if (training.Expected is { } expected) json.WriteNumber("expectedSeconds", Math.Round(expected.TotalSeconds, 3));
        else json.WriteNull("expectedSeconds");
        json.WriteEndObject();
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
