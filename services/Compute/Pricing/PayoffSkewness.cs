using static Cluster.Compute.Pricing.PricingMathReference;

namespace Cluster.Compute.Pricing;

/// <summary>
/// Skewness of what a path pays, E[(X - EX)³]/Var(X)^(3/2), from the option's terms alone: a sample that missed the rare large
/// payoffs cannot tell that it did.
/// </summary>
internal static class PayoffSkewness
{
    private const double Range = 10;
    private const int Intervals = 1024;

    /// <summary>Of an Asian option, that of a lognormal mean with the mean and the variance that it has (Levy 1992).
    /// NaN where every path pays the same.</summary>
    public static double Of(in OptionTerms terms) => terms.Dates == 1
        ? Of(terms.IsCall, terms.Forward, terms.Strike, terms.LogDeviation)
        : OfMean(in terms);

    private static double OfMean(in OptionTerms terms)
    {
        // The sum of k prices is the first ratio times 1 + the sum of k - 1 prices that is independent of it.
        var variance = terms.Diffusion * terms.Diffusion;
        var growth = Exp(terms.Drift + variance / 2);
        var squaredGrowth = growth * growth * Exp(variance);
        var (mean, square) = (0.0, 0.0);
        for (var date = 0; date < terms.Dates; date++)
        {
            square = squaredGrowth * (1 + 2 * mean + square);
            mean = growth * (1 + mean);
        }

        var deviation = Math.Sqrt(Math.Max(Log(square / mean / mean), 0));
        return Of(terms.IsCall, Math.Abs(terms.Scale) * mean, terms.Strike, deviation);
    }

    /// <summary>Simpson's rule over the normal, to 10 standard deviations beyond where the third moment has its weight.</summary>
    private static double Of(bool isCall, double forward, double strike, double deviation)
    {
        var unit = Math.Max(forward, strike);
        var width = (2 * Range + 3 * deviation) / Intervals;
        var payoffs = new double[Intervals + 1];
        var weights = new double[Intervals + 1];
        for (var i = 0; i <= Intervals; i++)
        {
            var z = -Range + i * width;
            var price = forward / unit * Exp(deviation * z - deviation * deviation / 2);
            payoffs[i] = Math.Max(isCall ? price - strike / unit : strike / unit - price, 0);
            weights[i] = (i is 0 or Intervals ? 1 : i % 2 == 1 ? 4 : 2) * width / 3 * NormalDistribution.Density(z);
        }

        var mean = 0.0;
        for (var i = 0; i <= Intervals; i++) mean += weights[i] * payoffs[i];
        var (second, third) = (0.0, 0.0);
        for (var i = 0; i <= Intervals; i++)
        {
            var difference = payoffs[i] - mean;
            second += weights[i] * difference * difference;
            third += weights[i] * difference * difference * difference;
        }

        return third / (second * Math.Sqrt(second));
    }
}
