using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Compute.Pi;
using Cluster.Compute.Pricing;

namespace Cluster.SelfTest;

/// <summary>Philox's draws: Pi against known answers and its definition, prices against theirs.</summary>
internal static class MonteCarloChecks
{
    /// <summary>An Asian call, 12 dates.</summary>
    public static OptionTerms Asian { get; } = new(PriceArguments.Read(JsonElement.Parse(
        """
        {"kind": "asian", "option": "call", "spot": 100, "strike": 105, "rate": 0.03, "dividendYield": 0.01,
         "volatility": 0.3, "maturity": 1.5, "dates": 12, "seed": 7}
        """)));

    public static IReadOnlyList<KernelCheck> All { get; } = [new("pi", Pi), new("price", Price)];

    private static void Pi(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var (seed, blocks, inside) in new[] { (42ul, 1000L, 1_572ul), (42ul, 1L << 20, 1_647_312ul), (0ul, 1L << 20, 1_646_914ul) })
        {
            var count = new ulong[1];
            stream.CountPiInside(0, blocks, blocks, seed, count);
            comparison.Add<ulong>([inside], count, "known answer");
        }

        // Across the step of the counter's high word, in ranges of which the last is short.
        const long from = (1L << 32) - 5000;
        var (counts, expected) = (new ulong[11], new ulong[11]);
        stream.CountPiInside(from, from + 10_500, 1000, 3, counts);
        for (var i = 0; i < expected.Length; i++)
            expected[i] = PhiloxPiReference.CountInside(from + 1000 * i, Math.Min(from + 1000 * (i + 1), from + 10_500), 3);
        comparison.Add<ulong>(expected, counts, "count");
    }

    private static void Price(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        const long from = (1L << 32) - 700;
        var (sums, expected) = (new PriceSums[5], new PriceSums[5]);
        stream.SumPrices(Asian, from, from + 1450, 300, sums);
        for (var i = 0; i < expected.Length; i++)
            expected[i] = PriceReference.Sum(Asian, from + 300 * i, Math.Min(from + 300 * (i + 1), from + 1450));
        comparison.Add<PriceSums>(expected, sums, "sums");
    }
}
