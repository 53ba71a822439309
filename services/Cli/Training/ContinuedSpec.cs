using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Client.Checkpoints;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary>The spec of a job that goes on with a checkpoint: the checkpoint's, and over it what was given on the command line.</summary>
internal static class ContinuedSpec
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="given">What the command line says, defaults included.</param>
    /// <param name="options">The options of the command that belong to the spec.</param>
    /// <param name="parsed">The command line.</param>
    public static TrainingSpec Of(CheckpointInfo checkpoint, TrainingSpec given, IEnumerable<Option> options, ParseResult parsed)
    {
        var spec = JsonNode.Parse(checkpoint.Spec.GetRawText())!.AsObject();
        var said = JsonSerializer.SerializeToNode(given, SpecJson.Options)!.AsObject();
        foreach (var option in options.Where(option => parsed.GetResult(option) is { Implicit: false }))
        {
            var field = FieldOf(option);
            if (!said.TryGetPropertyValue(field, out var value))
                throw new SpecRejectedException([new SpecViolation(field, "", "cannot be given with --from: it is as in the checkpoint")]);
            spec[field] = value?.DeepClone();
        }

        // Where the checkpoint was trained is not part of it.
        return spec.Deserialize<TrainingSpec>(SpecJson.Options)! with
        {
            From = given.From,
            WeightsOnly = false,
            Device = given.Device,
            SoftPlacement = given.SoftPlacement,
        };
    }

    /// <summary><c>--learning-rate</c> → <c>learningRate</c>.</summary>
    private static string FieldOf(Option option)
    {
        // The one option whose unit is part of its value.
        if (option.Name == "--max-time") return "maxSeconds";
        var words = option.Name.TrimStart('-').Split('-');
        return string.Concat(words.Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
