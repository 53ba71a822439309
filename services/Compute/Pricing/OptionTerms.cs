namespace Cluster.Compute.Pricing;

/// <summary>
/// An option as its paths see it. The price of the underlying at date j of n is S·exp(xⱼ) with
/// xⱼ = xⱼ₋₁ + (r - q - σ²/2)·T/n + σ·√(T/n)·zⱼ (Black and Scholes 1973: the exact solution, so dates are no discretisation),
/// and a path pays the positive part of the mean of its n prices less the strike, or for a put of the strike less the mean.
/// </summary>
public readonly struct OptionTerms
{
    /// <summary>Averaging dates, equally spaced, the last at maturity; 1 is a European option.</summary>
    internal readonly int Dates;

    internal readonly ulong Seed;

    /// <summary>What the logarithm of the price gains between two dates: surely, and for each standard normal.</summary>
    internal readonly double Drift, Diffusion;

    /// <summary>A path pays the positive part of Scale·Σexp(xⱼ) + Offset.</summary>
    internal readonly double Scale, Offset;

    /// <summary>What a path pays whose normals are all zero. Sums are taken of what others pay less this: so that their spread
    /// is not lost beside their size.</summary>
    internal readonly double Centre;

    internal readonly bool IsCall;

    internal readonly double Strike;

    /// <summary>Mean of the underlying's price at maturity: S·exp((r - q)·T).</summary>
    internal readonly double Forward;

    /// <summary>Standard deviation of the logarithm of the price at maturity: σ·√T.</summary>
    internal readonly double LogDeviation;

    /// <summary>What one unit paid at maturity is worth now: exp(-r·T).</summary>
    internal readonly double Discount;

    internal OptionTerms(PriceArguments arguments)
    {
        Dates = arguments.Dates;
        Seed = arguments.Seed;
        IsCall = arguments.IsCall;
        Strike = arguments.Strike;
        Forward = arguments.Spot * PricingMathReference.Exp((arguments.Rate - arguments.DividendYield) * arguments.Maturity);
        LogDeviation = arguments.Volatility * Math.Sqrt(arguments.Maturity);

        var interval = arguments.Maturity / Dates;
        var variance = arguments.Volatility * arguments.Volatility;
        Drift = (arguments.Rate - arguments.DividendYield - variance / 2) * interval;
        Diffusion = arguments.Volatility * Math.Sqrt(interval);

        var sign = arguments.IsCall ? 1 : -1;
        Scale = sign * arguments.Spot / Dates;
        Offset = -sign * arguments.Strike;

        Discount = PricingMathReference.Exp(-arguments.Rate * arguments.Maturity);

        var (x, sum) = (0.0, 0.0);
        for (var date = 0; date < Dates; date++)
        {
            x += Drift;
            sum += PricingMathReference.Exp(x);
        }

        Centre = Math.Max(Math.FusedMultiplyAdd(Scale, sum, Offset), 0);
    }
}
