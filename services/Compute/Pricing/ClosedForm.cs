using static Cluster.Compute.Pricing.PricingMathReference;

namespace Cluster.Compute.Pricing;

/// <summary>The exact price of a European option.</summary>
internal static class ClosedForm
{
    /// <summary>
    /// exp(-r·T)·(F·Φ(d₁) - K·Φ(d₂)) for a call, exp(-r·T)·(K·Φ(-d₂) - F·Φ(-d₁)) for a put, with d₁ = ln(F/K)/(σ√T) + σ√T/2 and
    /// d₂ = d₁ - σ√T (Black and Scholes 1973, with Merton's dividend yield in the forward price F). Null for an Asian option of
    /// more than one date, which has none.
    /// </summary>
    public static double? Price(in OptionTerms terms)
    {
        if (terms.Dates > 1) return null;
        var sign = terms.IsCall ? 1 : -1;
        var intrinsic = Math.Max(sign * (terms.Forward - terms.Strike), 0);
        if (terms.LogDeviation == 0) return terms.Discount * intrinsic;

        var d1 = Log(terms.Forward / terms.Strike) / terms.LogDeviation + terms.LogDeviation / 2;
        var d2 = d1 - terms.LogDeviation;
        var value = sign * (terms.Forward * NormalDistribution.Cumulative(sign * d1) - terms.Strike * NormalDistribution.Cumulative(sign * d2));
        // Rounding must not take a price below what it is at least.
        return terms.Discount * Math.Max(value, intrinsic);
    }
}
