using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Cluster.Contracts.Jobs;

/// <summary>Specs as protobuf messages and back. An absent device is the empty text on the wire.</summary>
public static class SpecMapping
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    public static V1.PiSpec ToProto(this PiSpec spec) => new()
    {
        Points = spec.Points,
        Seed = spec.Seed,
        Device = spec.Device ?? "",
        LogDevicePlacement = spec.LogDevicePlacement,
        SoftPlacement = spec.SoftPlacement,
        Placement = { ToProto(spec.Placement) },
    };

    public static V1.ComputationSpec ToProto(this ComputationSpec spec) => new()
    {
        Name = spec.Name,
        ArgumentsJson = spec.Arguments.GetRawText(),
        IndexCount = spec.IndexCount,
        GrainSize = spec.GrainSize,
        Device = spec.Device ?? "",
        LogDevicePlacement = spec.LogDevicePlacement,
        SoftPlacement = spec.SoftPlacement,
        Placement = { ToProto(spec.Placement) },
    };

    /// <summary>Reads and validates a message; where it is wrong, <paramref name="violations"/> lists everything that is.</summary>
    public static bool TryToSpec(this V1.PiSpec message, [NotNullWhen(true)] out PiSpec? spec, out IReadOnlyList<SpecViolation> violations)
    {
        var read = new PiSpec
        {
            Points = message.Points,
            Seed = message.Seed,
            Device = NullIfEmpty(message.Device),
            LogDevicePlacement = message.LogDevicePlacement,
            SoftPlacement = message.SoftPlacement,
            Placement = ToPlacement(message.Placement),
        };
        violations = read.Validate();
        spec = violations.Count == 0 ? read : null;
        return spec is not null;
    }

    /// <summary>Reads and validates a message; where it is wrong, <paramref name="violations"/> lists everything that is.</summary>
    public static bool TryToSpec(this V1.ComputationSpec message, [NotNullWhen(true)] out ComputationSpec? spec, out IReadOnlyList<SpecViolation> violations)
    {
        var argumentsProblem = ReadArguments(message.ArgumentsJson, out var arguments);
        var read = new ComputationSpec
        {
            Name = message.Name,
            Arguments = arguments,
            IndexCount = message.IndexCount,
            GrainSize = message.GrainSize,
            Device = NullIfEmpty(message.Device),
            LogDevicePlacement = message.LogDevicePlacement,
            SoftPlacement = message.SoftPlacement,
            Placement = ToPlacement(message.Placement),
        };
        violations = argumentsProblem is null ? read.Validate() : [argumentsProblem, .. read.Validate()];
        spec = violations.Count == 0 ? read : null;
        return spec is not null;
    }

    private static SpecViolation? ReadArguments(string json, out JsonElement arguments)
    {
        arguments = NoArguments;
        if (json.Length > ComputationSpec.MaxArgumentsLength)
            return new SpecViolation("arguments", json, $"must have at most {ComputationSpec.MaxArgumentsLength} characters");

        try
        {
            arguments = JsonElement.Parse(json);
            return null;
        }
        catch (JsonException e)
        {
            return new SpecViolation("arguments", json, $"must be JSON: {e.Message}");
        }
    }

    private static IEnumerable<V1.PlacedPart> ToProto(ItemPlacement? placement)
        => placement?.Parts.Select(part => new V1.PlacedPart { From = part.From, To = part.To, Device = part.Device }) ?? [];

    private static ItemPlacement? ToPlacement(Google.Protobuf.Collections.RepeatedField<V1.PlacedPart> parts)
        => parts.Count == 0 ? null : new ItemPlacement { Parts = [.. parts.Select(part => new PlacedPart(part.From, part.To, part.Device))] };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
