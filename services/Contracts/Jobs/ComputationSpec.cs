using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Contracts.Jobs;

/// <summary>
/// A computation: a named function over an index space [0, IndexCount), cut in grains of GrainSize, that workers evaluate
/// by ranges of whole grains. The workers know the function by its name; the coordinator needs only this.
/// </summary>
public sealed record ComputationSpec
{
    public const int MaxNameLength = 64;
    public const int MaxArgumentsLength = 64 * 1024;
    public const long MaxGrains = 1L << 31;

    /// <summary>Name under which workers registered the computation: lower-case letters, digits and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Arguments of the computation, at most <see cref="MaxArgumentsLength"/> characters of JSON.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>Size of the index space, at least 1.</summary>
    public required long IndexCount { get; init; }

    /// <summary>Indices in a grain, at least 1; the space has at most <see cref="MaxGrains"/> grains.</summary>
    public required long GrainSize { get; init; }

    /// <summary>Device spec that items must be placed on, or null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Record which device ran each item.</summary>
    public bool LogDevicePlacement { get; init; }

    /// <summary>Run on a CPU where no live device matches, instead of waiting for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SoftPlacement { get; init; }

    /// <summary>Devices of single parts of the index space, or null: see <see cref="PlacedByItem"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ItemPlacement? Placement { get; init; }

    public long GrainCount => ((IndexCount - 1) / GrainSize) + 1;

    /// <summary>This spec with its work cut into items, each on the device that a function of its ordinal names.</summary>
    /// <inheritdoc cref="ItemPlacement.ByItem" path="/param"/>
    public ComputationSpec PlacedByItem(int items, Func<int, string?> device)
        => this with { Placement = ItemPlacement.ByItem(IndexCount, GrainSize, items, device) };

    public IReadOnlyList<SpecViolation> Validate() => ComputationSpecValidator.Instance.Violations(this);
}

internal sealed class ComputationSpecValidator : SpecValidator<ComputationSpec>
{
    public static readonly ComputationSpecValidator Instance = new();

    private ComputationSpecValidator()
    {
        Satisfies("name", s => s.Name, IsName, $"must be 1 to {ComputationSpec.MaxNameLength} lower-case letters, digits or '-'");
        Satisfies("arguments", s => s.Arguments.GetRawText(), t => t.Length <= ComputationSpec.MaxArgumentsLength,
            $"must have at most {ComputationSpec.MaxArgumentsLength} characters");
        Within("indexCount", s => s.IndexCount, 1, long.MaxValue);
        Within("grainSize", s => s.GrainSize, 1, long.MaxValue);
        When(s => s is { IndexCount: > 0, GrainSize: > 0 }, () =>
        {
            Within("grains", s => s.GrainCount, 1, ComputationSpec.MaxGrains);
            IsPlacement("placement", s => s.Placement, s => (s.IndexCount, s.GrainSize));
        });
        IsDevice("device", s => s.Device);
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= ComputationSpec.MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
