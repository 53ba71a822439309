using System.Text.Json;

namespace Cluster.Compute.Pricing;

/// <summary>The arguments of the computation <c>price</c>.</summary>
internal sealed record PriceArguments
{
    public const double MaxPrice = 1e9;
    public const double MaxRate = 1;
    public const double MaxVolatility = 3;
    public const double MaxMaturity = 100;
    public const int MaxDates = 10_000;

    public required bool IsCall { get; init; }

    public required double Spot { get; init; }

    public required double Strike { get; init; }

    public required double Rate { get; init; }

    public required double DividendYield { get; init; }

    public required double Volatility { get; init; }

    public required double Maturity { get; init; }

    public required int Dates { get; init; }

    public required ulong Seed { get; init; }

    /// <exception cref="ArgumentException">Names the argument, its value and the limit.</exception>
    public static PriceArguments Read(JsonElement arguments)
    {
        var isAsian = Choice(arguments, "kind", "asian", "european");
        return new PriceArguments
        {
            IsCall = Choice(arguments, "option", "call", "put"),
            Spot = Positive(arguments, "spot", MaxPrice),
            Strike = Positive(arguments, "strike", MaxPrice),
            Rate = Number(arguments, "rate", -MaxRate, MaxRate),
            DividendYield = Number(arguments, "dividendYield", -MaxRate, MaxRate),
            Volatility = Number(arguments, "volatility", 0, MaxVolatility),
            Maturity = Positive(arguments, "maturity", MaxMaturity),
            Dates = ReadDates(arguments, isAsian),
            Seed = ReadSeed(arguments),
        };
    }

    /// <returns>Whether it is the first of the two names.</returns>
    private static bool Choice(JsonElement arguments, string name, string first, string second)
    {
        var limit = $"'{first}' or '{second}' is needed";
        var value = Get(arguments, name, limit);
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text == first || (text != second ? throw Wrong(name, value, limit) : false);
    }

    private static double Positive(JsonElement arguments, string name, double to) =>
        Number(arguments, name, value => value > 0 && value <= to, FormattableString.Invariant($"a number above 0 and at most {to} is needed"));

    private static double Number(JsonElement arguments, string name, double from, double to) =>
        Number(arguments, name, value => value >= from && value <= to, FormattableString.Invariant($"a number from {from} to {to} is needed"));

    private static double Number(JsonElement arguments, string name, Func<double, bool> isInside, string limit)
    {
        var value = Get(arguments, name, limit);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && isInside(number)
            ? number
            : throw Wrong(name, value, limit);
    }

    private static int ReadDates(JsonElement arguments, bool isAsian)
    {
        var (most, limit) = isAsian
            ? (MaxDates, $"a whole number from 1 to {MaxDates} is needed")
            : (1, "1 is needed for a European option");
        var value = Get(arguments, "dates", limit);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var dates) && dates >= 1 && dates <= most
            ? dates
            : throw Wrong("dates", value, limit);
    }

    private static ulong ReadSeed(JsonElement arguments)
    {
        const string limit = "a whole number from 0 to 18446744073709551615 is needed";
        var value = Get(arguments, "seed", limit);
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var seed) ? seed : throw Wrong("seed", value, limit);
    }

    private static JsonElement Get(JsonElement arguments, string name, string limit) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value)
            ? value
            : throw new ArgumentException($"Argument '{name}' is missing in {arguments}: {limit}.", name);

    private static ArgumentException Wrong(string name, JsonElement value, string limit) =>
        new($"Argument '{name}' is {value.GetRawText()}: {limit}.", name);
}
