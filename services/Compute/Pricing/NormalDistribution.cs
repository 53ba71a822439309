namespace Cluster.Compute.Pricing;

/// <summary>The standard normal distribution, by operations that are correctly rounded everywhere: the same bits on every machine.</summary>
internal static class NormalDistribution
{
    private const double Centre = 3;
    private const double Farthest = 24;
    private const int Fractions = 100;
    private const double RootOfTwoPi = 2.5066282746310002;

    /// <summary>
    /// Φ(x), to about 1e-13 of its own size. Within ±3 by the series ½ + φ(x)·Σ x²ⁿ⁺¹/(1·3·5…(2n+1)) (Marsaglia 2004), beyond by
    /// Laplace's continued fraction φ(x)/(x + 1/(x + 2/(x + …))) (Abramowitz and Stegun 1964, 26.2.14); below -24 it is 0.
    /// </summary>
    public static double Cumulative(double x)
    {
        if (Math.Abs(x) <= Centre) return 0.5 + Density(x) * Series(x);
        var tail = Tail(Math.Abs(x));
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>φ(x).</summary>
    public static double Density(double x) => PricingMathReference.Exp(-x * x / 2) / RootOfTwoPi;

    private static double Series(double x)
    {
        var (sum, term) = (x, x);
        for (var odd = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); odd += 2)
        {
            term *= x * x / odd;
            sum += term;
        }

        return sum;
    }

    private static double Tail(double x)
    {
        if (x > Farthest) return 0;
        var fraction = 0.0;
        for (var n = Fractions; n >= 1; n--) fraction = n / (x + fraction);
        return Density(x) / (x + fraction);
    }
}
