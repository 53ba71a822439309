using Cluster.Compute.Pricing;
using CsCheck;

namespace Cluster.Compute.Tests.Pricing;

public sealed class ClosedFormTests
{
    // Hull, Options, Futures and Other Derivatives: 4.76 and 0.81 for 42 and 40 at 10 % and 20 % over half a year; Haug, The
    // Complete Guide to Option Pricing Formulas: 2.1334 for a call of 60 and 65, 8 %, 30 %, a quarter.
    [Theory]
    [InlineData(true, 42, 40, 0.1, 0, 0.2, 0.5, 4.76, 0.005)]
    [InlineData(false, 42, 40, 0.1, 0, 0.2, 0.5, 0.81, 0.005)]
    [InlineData(true, 60, 65, 0.08, 0, 0.3, 0.25, 2.1334, 0.00005)]
    [InlineData(true, 100, 100, 0.05, 0, 3, 100, 100.00, 1e-9)]
    [InlineData(true, 100, 300, 0.05, 0, 0.2, 1, 4.7496312655e-07, 1e-16)]
    [InlineData(false, 100, 20, 0.05, 0, 0.2, 1, 5.42541103776e-17, 1e-27)]
    [InlineData(true, 1e9, 1e-9, 1, -1, 3, 100, 2.688117141816e52, 1e42)]
    public void Price_KnownAnswers(bool isCall, double spot, double strike, double rate, double yield, double volatility, double maturity,
        double expected, double tolerance) =>
        Assert.Equal(expected, ClosedForm.Price(Terms(isCall, spot, strike, rate, yield, volatility, maturity))!.Value, tolerance);

    [Fact]
    public void Price_AnyMarket_IsTheOracles() =>
        Gen.Select(Gen.Bool, Gen.Double[20, 500], Gen.Double[-0.1, 0.1], Gen.Double[-0.1, 0.1], Gen.Double[0.05, 1], Gen.Double[0.1, 5])
            .Sample((isCall, strike, rate, yield, volatility, maturity) =>
            {
                var expected = BlackScholes.Price(isCall, 100, strike, rate, yield, volatility, maturity);
                Assert.Equal(expected, ClosedForm.Price(Terms(isCall, 100, strike, rate, yield, volatility, maturity))!.Value, 1e-10);
            });

    [Fact]
    public void Price_EveryOptionThatIsTaken_IsFiniteAndAtLeastItsIntrinsicValue() =>
        Gen.Select(Gen.Bool, Prices, Prices, Gen.Double[-1, 1], Gen.Double[-1, 1],
        Gen.OneOf(Gen.Const(0.0), Gen.Const(1e-300), Gen.Double[0, 3]), Gen.Double[1e-9, 100])
            .Sample((isCall, spot, strike, rate, yield, volatility, maturity) =>
            {
                var terms = Terms(isCall, spot, strike, rate, yield, volatility, maturity);
                var price = ClosedForm.Price(terms)!.Value;
                Assert.True(double.IsFinite(price) && price >= terms.Discount * Math.Max((isCall ? 1 : -1) * (terms.Forward - terms.Strike), 0));
            });

    private static Gen<double> Prices => Gen.OneOf(Gen.Double[1e-3, 1e9], Gen.Const(1e-300), Gen.Const(double.Epsilon), Gen.Const(1e9));

    private static OptionTerms Terms(bool isCall, double spot, double strike, double rate, double yield, double volatility, double maturity)
        => new(new PriceArguments
        {
            IsCall = isCall,
            Spot = spot,
            Strike = strike,
            Rate = rate,
            DividendYield = yield,
            Volatility = volatility,
            Maturity = maturity,
            Dates = 1,
            Seed = 0,
        });
}
