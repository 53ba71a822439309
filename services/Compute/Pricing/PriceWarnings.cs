using System.Globalization;

namespace Cluster.Compute.Pricing;

/// <summary>Why the standard error of a price says nothing, where its paths are too few for what they pay.</summary>
internal static class PriceWarnings
{
    /// <summary>Fewer paths that pay than this give no standard error.</summary>
    public const long LeastPaying = 100;

    /// <summary>The largest σ·√T that a standard error is given for.</summary>
    public const double MostDeviation = 3;

    /// <summary>Of the bound of the chance of a payoff.</summary>
    public const double Risk = 0.05;

    // Cochran (1977), Sampling Techniques, 2.15: from 25·skewness² draws on, an interval that should miss 5 times in 100 misses at
    // most 6 times.
    private const double PathsOfSquaredSkewness = 25;

    /// <summary>One line each; none where price ± standard error can be relied on, as where nothing is random.</summary>
    public static IReadOnlyList<string> Of(in OptionTerms terms, long paths, long paying)
    {
        if (terms.LogDeviation == 0) return [];
        var warnings = new List<string>();
        var advice = terms.Dates == 1 ? "the closed form is exact" : "take a smaller volatility or maturity";
        if (paying < LeastPaying)
            warnings.Add(Text($"{paying} of {paths} paths pay anything, at least {LeastPaying} are needed for a standard error: draw more paths{Or(terms)}"));
        if (terms.LogDeviation > MostDeviation)
            warnings.Add(Text($"volatility·√maturity is {terms.LogDeviation:0.##}, above {MostDeviation}: the price rests on paths too rare to be drawn")
                + $"; {advice}");
        else if (PathsOfSquaredSkewness * Square(PayoffSkewness.Of(in terms)) is var needed && needed > paths)
            warnings.Add(Text($"what the paths pay is so skewed that about {1.05 * needed:0.#e0} paths are needed for a standard error, {paths} were drawn")
                + $": draw more paths{Or(terms)}");
        return warnings;
    }

    private static string Or(in OptionTerms terms) => terms.Dates == 1 ? ", or use the closed form" : "";

    private static double Square(double value) => value * value;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
