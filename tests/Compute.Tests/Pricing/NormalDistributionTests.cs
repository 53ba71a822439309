using Cluster.Compute.Pricing;
using CsCheck;

namespace Cluster.Compute.Tests.Pricing;

public sealed class NormalDistributionTests
{
    // By erfc of the C library: ½·erfc(-x/√2).
    [Theory]
    [InlineData(-20, 2.7536241186063314e-89)]
    [InlineData(-10, 7.619853024160593e-24)]
    [InlineData(-5, 2.866515718791946e-07)]
    [InlineData(-3.1, 0.0009676032132183562)]
    [InlineData(-3, 0.0013498980316300957)]
    [InlineData(-2.9, 0.0018658133003840384)]
    [InlineData(-1, 0.15865525393145707)]
    [InlineData(0.5, 0.6914624612740131)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(4, 0.9999683287581669)]
    public void Cumulative_KnownAnswers(double x, double expected) => Assert.Equal(1, NormalDistribution.Cumulative(x) / expected, 1e-12);

    [Fact]
    public void Cumulative_FarOut_IsZeroOrOne()
    {
        foreach (var x in (double[])[25, 1e9, double.PositiveInfinity])
            Assert.Equal((0.0, 1.0), (NormalDistribution.Cumulative(-x), NormalDistribution.Cumulative(x)));
    }

    [Fact]
    public void Cumulative_BothSides_AreOneTogether() =>
        Gen.Double[-30, 30].Sample(x => Math.Abs(NormalDistribution.Cumulative(x) + NormalDistribution.Cumulative(-x) - 1) < 1e-15);
}
