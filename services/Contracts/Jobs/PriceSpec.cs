using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Contracts.Jobs;

/// <summary>
/// Price a European or an arithmetic Asian option by Monte Carlo under the model of Black and Scholes. It runs as the
/// computation <see cref="ComputationName"/>.
/// </summary>
public sealed record PriceSpec
{
    public const string ComputationName = "price";
    public const string European = "european";
    public const string Asian = "asian";
    public const string Call = "call";
    public const string Put = "put";
    public const long MaxPaths = 10_000_000_000;
    public const int MaxDates = 10_000;

    /// <summary>Dates of all paths of a grain: a few milliseconds of one core.</summary>
    private const int GrainDates = 1 << 18;

    private const long PathsPerIndex = 2;

    public static IReadOnlyList<string> Kinds { get; } = [European, Asian];

    public static IReadOnlyList<string> Options { get; } = [Call, Put];

    /// <summary>Limits of <see cref="Spot"/> and <see cref="Strike"/>.</summary>
    public static NumberRange PriceRange { get; } = new(0, 1e9, IsFromExcluded: true);

    /// <summary>Limits of <see cref="Rate"/> and <see cref="DividendYield"/>.</summary>
    public static NumberRange RateRange { get; } = new(-1, 1);

    public static NumberRange VolatilityRange { get; } = new(0, 3);

    public static NumberRange MaturityRange { get; } = new(0, 100, IsFromExcluded: true);

    /// <summary><see cref="European"/>: pays by the price at maturity. <see cref="Asian"/>: by the mean of the prices at <see cref="Dates"/> dates.</summary>
    public string Kind { get; init; } = European;

    /// <summary><see cref="Call"/>: pays the price above the strike. <see cref="Put"/>: the price below it.</summary>
    public string Option { get; init; } = Call;

    /// <summary>Price of the underlying now.</summary>
    public required double Spot { get; init; }

    /// <summary>Price that the option fixes.</summary>
    public required double Strike { get; init; }

    /// <summary>Riskless interest a year, continuously compounded: 0.05 is 5 %.</summary>
    public double Rate { get; init; }

    /// <summary>Dividends of the underlying a year, continuously paid: 0.02 is 2 %.</summary>
    public double DividendYield { get; init; }

    /// <summary>Standard deviation of the underlying's logarithmic return over a year: 0.2 is 20 %.</summary>
    public required double Volatility { get; init; }

    /// <summary>Years until the option pays.</summary>
    public required double Maturity { get; init; }

    /// <summary>Averaging dates of an Asian option, equally spaced, the last at maturity; 1 of a European one.</summary>
    public int Dates { get; init; } = 1;

    /// <summary>Paths to draw, 1 to <see cref="MaxPaths"/>; rounded up to a multiple of two.</summary>
    public required long Paths { get; init; }

    /// <summary>Key of the generator; the same spec gives the same price, to the last bit, on any number of workers.</summary>
    public ulong Seed { get; init; }

    /// <summary>Device spec that items must be placed on, or null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Record which device ran each item.</summary>
    public bool LogDevicePlacement { get; init; }

    /// <summary>Run on a CPU where no live device matches, instead of waiting for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SoftPlacement { get; init; }

    /// <summary>Devices of single parts of the paths, in indices of two paths, or null: see <see cref="PlacedByItem"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ItemPlacement? Placement { get; init; }

    /// <summary>This spec with its work cut into items, each on the device that a function of its ordinal names.</summary>
    /// <inheritdoc cref="ItemPlacement.ByItem" path="/param"/>
    public PriceSpec PlacedByItem(int items, Func<int, string?> device)
        => this with { Placement = ItemPlacement.ByItem(IndexCount, GrainSize, items, device) };

    public IReadOnlyList<SpecViolation> Validate() => PriceSpecValidator.Instance.Violations(this);

    private long IndexCount => (Paths / PathsPerIndex) + (Paths % PathsPerIndex);

    private long GrainSize => GrainDates / Dates;

    /// <summary>What is submitted: an index is two paths.</summary>
    public ComputationSpec ToComputation() => new()
    {
        Name = ComputationName,
        Arguments = JsonSerializer.SerializeToElement(new
        {
            kind = Kind,
            option = Option,
            spot = Spot,
            strike = Strike,
            rate = Rate,
            dividendYield = DividendYield,
            volatility = Volatility,
            maturity = Maturity,
            dates = Dates,
            seed = Seed,
        }),
        IndexCount = IndexCount,
        GrainSize = GrainSize,
        Device = Device,
        LogDevicePlacement = LogDevicePlacement,
        SoftPlacement = SoftPlacement,
        Placement = Placement,
    };
}

internal sealed class PriceSpecValidator : SpecValidator<PriceSpec>
{
    public static readonly PriceSpecValidator Instance = new();

    private PriceSpecValidator()
    {
        OneOf("kind", s => s.Kind, PriceSpec.Kinds);
        OneOf("option", s => s.Option, PriceSpec.Options);
        Inside("spot", s => s.Spot, PriceSpec.PriceRange);
        Inside("strike", s => s.Strike, PriceSpec.PriceRange);
        Inside("rate", s => s.Rate, PriceSpec.RateRange);
        Inside("dividendYield", s => s.DividendYield, PriceSpec.RateRange);
        Inside("volatility", s => s.Volatility, PriceSpec.VolatilityRange);
        Inside("maturity", s => s.Maturity, PriceSpec.MaturityRange);
        When(s => s.Kind == PriceSpec.Asian, () => Within("dates", s => s.Dates, 1, PriceSpec.MaxDates));
        When(s => s.Kind == PriceSpec.European, () => Is("dates", s => s.Dates, 1, "must be 1 for a European option"));
        Within("paths", s => s.Paths, 1, PriceSpec.MaxPaths);
        When(s => s.Paths > 0 && s.Dates is > 0 and <= PriceSpec.MaxDates, () =>
            IsPlacement("placement", s => s.Placement, s => (s.ToComputation().IndexCount, s.ToComputation().GrainSize)));
        IsDevice("device", s => s.Device);
    }
}
