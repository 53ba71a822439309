using System.Buffers;
using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Pricing;

/// <summary>
/// Monte Carlo price of a European or an arithmetic Asian option under Black and Scholes: index i is two paths. Arguments, all
/// of them needed: <c>{"kind": "european"|"asian", "option": "call"|"put", "spot", "strike", "rate", "dividendYield",
/// "volatility", "maturity", "dates", "seed"}</c>, with rates and volatility a year, maturity in years, dates 1 for European.
/// Result: <c>{"paths", "price", "standardError"}</c>, the same bits on any number of workers.
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
        var paths = PathsPerIndex * (double)space.IndexCount;
        var mean = total.Deviations / paths;
        var variance = Math.Max(total.Squares - total.Deviations * mean, 0) / (paths - 1);

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("paths", PathsPerIndex * space.IndexCount);
            writer.WriteNumber("price", arguments.Discount * (arguments.Centre + mean));
            writer.WriteNumber("standardError", arguments.Discount * Math.Sqrt(variance / paths));
            writer.WriteEndObject();
        }

        return JsonElement.Parse(json.WrittenSpan);
    }
}
