using Cluster.Compute.Pricing;
using CsCheck;

namespace Cluster.Compute.Tests.Pricing;

public sealed class BinomialBoundTests
{
    // Tables of Clopper and Pearson's upper 95 % limit, and the same in 60 decimals.
    [Theory]
    [InlineData(0, 100, 0.029513049607039935)]
    [InlineData(1, 10, 0.39416330243650477)]
    [InlineData(5, 20, 0.4555824040017488)]
    [InlineData(9, 10, 0.9948838031081763)]
    [InlineData(399, 400, 0.9998717749855611)]
    [InlineData(19, 20, 0.9974386212234697)]
    [InlineData(150, 1000, 0.1698364217586957)]
    [InlineData(99, 10_000, 0.011689166504789827)]
    [InlineData(40, 100_000_000, 5.206936597291459e-07)]
    public void Upper_KnownAnswers(long count, long trials, double expected) => Assert.Equal(1, BinomialBound.Upper(count, trials, 0.05) / expected, 2e-7);

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000_000)]
    [InlineData(10_000_000_000)]
    public void Upper_NoneOfMany_IsTheRuleOfThree(long trials) => Assert.Equal(Math.Log(20), BinomialBound.Upper(0, trials, 0.05) * trials, 0.005);

    [Theory]
    [InlineData(1)]
    [InlineData(10_000_000_000)]
    public void Upper_All_IsOne(long trials) => Assert.Equal(1, BinomialBound.Upper(trials, trials, 0.05));

    [Fact]
    public void Upper_HalfOfTheMostPaths_IsTheNormals() =>
        Assert.Equal(1.6448536, (BinomialBound.Upper(5_000_000_000, 10_000_000_000, 0.05) - 0.5) / 0.5e-5, 0.001);

    /// <summary>The definition, by summing the binomial from 0.</summary>
    [Fact]
    public void Upper_AnyCount_WouldHaveBeenExceededByAllButTheRisk() =>
        Gen.Select(Gen.Int[2, 400], Gen.Double[0, 1], Gen.Double[0.001, 0.5]).Sample((trials, share, risk) =>
        {
            var count = (int)(share * (trials - 1));
            var chance = BinomialBound.Upper(count, trials, risk);
            Assert.Equal(1, AtMost(count, trials, chance) / risk, 1e-4);
        });

    private static double AtMost(int count, int trials, double chance)
    {
        var (sum, logarithm) = (0.0, trials * Math.Log(1 - chance));
        for (var i = 0; i <= count; i++)
        {
            sum += Math.Exp(logarithm);
            logarithm += Math.Log((trials - i) / (i + 1.0) * chance / (1 - chance));
        }

        return sum;
    }
}
