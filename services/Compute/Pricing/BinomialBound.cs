using static Cluster.Compute.Pricing.PricingMathReference;

namespace Cluster.Compute.Pricing;

/// <summary>How large a chance can be, by how often something happened.</summary>
internal static class BinomialBound
{
    private const double Negligible = 1e-18;
    private const int LeastOfStirling = 16;
    private const double LogOfTwoPi = 1.8378770664093453;

    /// <summary>
    /// The upper confidence limit of Clopper and Pearson (1934) for a chance: the p under which at most <paramref name="count"/> of
    /// <paramref name="trials"/> would happen with probability <paramref name="risk"/>. For a count of 0 it is 1 - risk^(1/trials),
    /// about 3/trials at a risk of 5 % (the rule of three).
    /// </summary>
    public static double Upper(long count, long trials, double risk)
    {
        if (count == trials) return 1;
        if (count == 0) return 1 - Exp(Log(risk) / trials);

        var (low, high) = ((double)count / trials, 1.0);
        while (low + (high - low) / 2 is var middle && middle > low && middle < high)
        {
            if (AtMost(count, trials, middle) > risk) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>P(X ≤ count) of a binomial X with a chance above count/trials, so that its terms fall from the last to the first.</summary>
    private static double AtMost(long count, long trials, double chance)
    {
        var odds = (1 - chance) / chance;
        var (sum, term) = (1.0, 1.0);
        for (var i = count; i > 0 && term > Negligible * sum; i--)
        {
            term *= i / (trials - i + 1.0) * odds;
            sum += term;
        }

        return Exp(LogOfTerm(count, trials, chance)) * sum;
    }

    // ln P(X = count), 0 < count < trials, by Stirling's formula with what it leaves, as Loader (2000) takes it apart.
    private static double LogOfTerm(double count, double trials, double chance)
    {
        var rest = trials - count;
        return count * Log(chance * trials / count) + rest * Log((1 - chance) * trials / rest)
            + (Log(trials / (count * rest)) - LogOfTwoPi) / 2 + Remainder(trials) - Remainder(count) - Remainder(rest);
    }

    // ln n! - (n + ½)·ln n + n - ½·ln 2π.
    private static double Remainder(double n)
    {
        var sum = 0.0;
        for (; n < LeastOfStirling; n++) sum += (n + 0.5) * Log(1 + 1 / n) - 1;
        return sum + (1 / 12.0 - (1 / 360.0 - 1 / 1260.0 / (n * n)) / (n * n)) / n;
    }
}
