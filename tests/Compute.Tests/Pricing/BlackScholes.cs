namespace Cluster.Compute.Tests.Pricing;

/// <summary>Closed forms, by Math and an own normal distribution.</summary>
internal static class BlackScholes
{
    /// <summary>Black and Scholes (1973) with Merton's continuous dividend yield.</summary>
    public static double Price(bool isCall, double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        var forward = spot * Math.Exp((rate - yield) * maturity);
        return Math.Exp(-rate * maturity) * Lognormal(isCall, forward, strike, volatility * Math.Sqrt(maturity));
    }

    /// <summary>
    /// The option on the geometric mean of n equally spaced prices (Kemna and Vorst 1990): its logarithm is normal with mean
    /// ln S + (r - q - σ²/2)·T·(n+1)/2n and variance σ²·T·(n+1)(2n+1)/6n².
    /// </summary>
    public static double GeometricAsian(
        bool isCall, double spot, double strike, double rate, double yield, double volatility, double maturity, int dates)
    {
        var mean = Math.Log(spot) + (rate - yield - volatility * volatility / 2) * maturity * (dates + 1) / (2.0 * dates);
        var variance = volatility * volatility * maturity * (dates + 1) * (2.0 * dates + 1) / (6.0 * dates * dates);
        return Math.Exp(-rate * maturity) * Lognormal(isCall, Math.Exp(mean + variance / 2), strike, Math.Sqrt(variance));
    }

    /// <summary>
    /// An Asian call with two dates: given the first price s, (s + S₂)/2 - K is half of S₂ less the strike 2K - s, which has a
    /// closed form; the mean over s is a sum over its normal (Simpson's rule on ±10 standard deviations).
    /// </summary>
    public static double TwoDateAsianCall(double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        const int intervals = 40_000;
        const double range = 10, width = 2 * range / intervals;
        var half = maturity / 2;
        var sum = 0.0;
        for (var i = 0; i <= intervals; i++)
        {
            var z = -range + i * width;
            var first = spot * Math.Exp((rate - yield - volatility * volatility / 2) * half + volatility * Math.Sqrt(half) * z);
            var forward = first * Math.Exp((rate - yield) * half);
            var rest = 2 * strike - first;
            var value = rest <= 0 ? forward - rest : Lognormal(true, forward, rest, volatility * Math.Sqrt(half));
            var weight = i is 0 or intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * value / 2 * Math.Exp(-z * z / 2);
        }

        return Math.Exp(-rate * maturity) * sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Φ(x) by the series x·Σ x²ⁿ/(1·3·5…(2n+1)) (Marsaglia 2004); within 1e-15 for |x| below 6.</summary>
    public static double Normal(double x)
    {
        if (Math.Abs(x) > 8)
            return x > 0 ? 1 : 0;

        var (sum, term) = (x, x);
        for (var odd = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); odd += 2)
        {
            term *= x * x / odd;
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Undiscounted, for a lognormal price with this mean and standard deviation of its logarithm.</summary>
    private static double Lognormal(bool isCall, double forward, double strike, double deviation)
    {
        var d1 = Math.Log(forward / strike) / deviation + deviation / 2;
        var call = forward * Normal(d1) - strike * Normal(d1 - deviation);
        return isCall ? call : call - forward + strike;
    }
}
