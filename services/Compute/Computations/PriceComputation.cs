using System.Buffers;
using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Compute.Pricing;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>
/// Monte Carlo price of a European or an arithmetic Asian option under Black and Scholes: index i is two paths. Arguments, all
/// of them needed: <c>{"kind": "european"|"asian", "option": "call"|"put", "spot", "strike", "rate", "dividendYield",
/// "volatility", "maturity", "dates", "seed"}</c>, with rates and volatility a year, maturity in years, dates 1 for European.
/// Result: <c>{"paths", "paying", "price", "standardError", "closedForm", "payoffChanceAtMost", "warnings"}</c>, the same bits on any
/// number of workers. Paying are the paths that pay more than 0. The closed form is a European option's exact price, else null.
/// Where <see cref="PriceWarnings"/> has any, the standard error is null, and the chance that a path pays is at most what is given,
/// with 95 % confidence (<see cref="BinomialBound"/>); else that is null.
/// </summary>
public sealed class PriceComputation : Computation<OptionTerms, PriceSums>
{
    public const string ComputationName = "price";

    public const long PathsPerIndex = 2;

    public override string Name => ComputationName;

    public override bool Supports(DeviceType type) => true;

    protected override OptionTerms ReadArguments(JsonElement arguments) => new(PriceArguments.Read(arguments));

    protected override PriceSums Compute(OptionTerms arguments, IndexRange range, CancellationToken cancellationToken) =>
        PriceKernel.Sum(in arguments, range.From, range.To);

    protected override void ComputeGrains(
        IDeviceStream stream, OptionTerms arguments, IndexRange range, long grainSize, Span<PriceSums> partials,
        CancellationToken cancellationToken) =>
        stream.SumPrices(in arguments, range.From, range.To, grainSize, partials);

    protected override PriceSums Merge(PriceSums left, PriceSums right) => left + right;

    protected override JsonElement Result(OptionTerms arguments, GrainSpace space, PriceSums total)
    {
        var count = PathsPerIndex * space.IndexCount;
        var paths = (double)count;
        var mean = total.Deviations / paths;
        var variance = Math.Max(total.Squares - total.Deviations * mean, 0) / (paths - 1);
        var warnings = PriceWarnings.Of(in arguments, count, total.Paying);
        var isSound = warnings.Count == 0;

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("paths", count);
            writer.WriteNumber("paying", total.Paying);
            writer.WriteNumber("price", arguments.Discount * (arguments.Centre + mean));
            Write(writer, "standardError", isSound ? arguments.Discount * Math.Sqrt(variance / paths) : null);
            Write(writer, "closedForm", ClosedForm.Price(in arguments));
            Write(writer, "payoffChanceAtMost", isSound ? null : BinomialBound.Upper(total.Paying, count, PriceWarnings.Risk));
            writer.WriteStartArray("warnings");
            foreach (var warning in warnings) writer.WriteStringValue(warning);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return JsonElement.Parse(json.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }
}
