using System.Text.Json.Serialization;

namespace Cluster.Contracts.Jobs;

/// <summary>Estimate π by drawing points in the unit square and counting those inside the quarter circle.</summary>
public sealed record PiSpec
{
    public const long MaxPoints = 1_000_000_000_000_000;

    /// <summary>Philox blocks of a grain, in whole numbers of which the work is cut: a few milliseconds of one core.</summary>
    public const long GrainBlocks = 1 << 20;

    /// <summary>Points to draw, 1 to <see cref="MaxPoints"/>; rounded up to a multiple of two, the points of a Philox block.</summary>
    public required long Points { get; init; }

    /// <summary>Key of the generator; the same seed and points give the same count anywhere.</summary>
    public ulong Seed { get; init; }

    /// <summary>Device spec that items must be placed on, or null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Record which device ran each item.</summary>
    public bool LogDevicePlacement { get; init; }

    /// <summary>Run on a CPU where no live device matches, instead of waiting for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SoftPlacement { get; init; }

    /// <summary>Devices of single parts of the blocks, or null: see <see cref="PlacedByItem"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ItemPlacement? Placement { get; init; }

    /// <summary>Philox blocks, two points each.</summary>
    public long Blocks => (Points / 2) + (Points % 2);

    /// <summary>This spec with its work cut into items, each on the device that a function of its ordinal names.</summary>
    /// <inheritdoc cref="ItemPlacement.ByItem" path="/param"/>
    public PiSpec PlacedByItem(int items, Func<int, string?> device)
        => this with { Placement = ItemPlacement.ByItem(Blocks, GrainBlocks, items, device) };

    public IReadOnlyList<SpecViolation> Validate() => PiSpecValidator.Instance.Violations(this);
}

internal sealed class PiSpecValidator : SpecValidator<PiSpec>
{
    public static readonly PiSpecValidator Instance = new();

    private PiSpecValidator()
    {
        Within("points", s => s.Points, 1, PiSpec.MaxPoints);
        IsDevice("device", s => s.Device);
        When(s => s.Points > 0, () => IsPlacement("placement", s => s.Placement, s => (s.Blocks, PiSpec.GrainBlocks)));
    }
}
