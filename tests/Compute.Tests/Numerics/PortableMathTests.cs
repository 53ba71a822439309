using Cluster.Compute.Numerics;
using CsCheck;

namespace Cluster.Compute.Tests.Numerics;

public sealed class PortableMathTests
{
    [Fact]
    public void ExpNegative_AnyPower_IsMathExp() =>
        Gen.Double[-700, 0].Sample(x => Assert.Equal(1, PortableMath.ExpNegative(x) / Math.Exp(x), 2e-15));

    [Fact]
    public void ExpNegative_Ends_AreExact()
    {
        Assert.Equal(1, PortableMath.ExpNegative(0));
        Assert.Equal(0, PortableMath.ExpNegative(double.NegativeInfinity));
    }

    [Fact]
    public void CosineOfHalfTurns_AnyAngle_IsMathCos() =>
        Gen.Double[0, 1].Sample(x => Assert.Equal(Math.Cos(Math.PI * x), PortableMath.CosineOfHalfTurns(x), 4e-16));

    [Fact]
    public void CosineOfHalfTurns_Ends_AreExact()
    {
        Assert.Equal(1, PortableMath.CosineOfHalfTurns(0));
        Assert.Equal(-1, PortableMath.CosineOfHalfTurns(1));
        Assert.Equal(0, PortableMath.CosineOfHalfTurns(0.5), 2e-16);
    }

    [Fact]
    public void Power_AnyExponent_IsMathPow() => Gen.Select(Gen.Double[0.5, 1], Gen.Long[0, 900]).Sample((x, n) =>
        Assert.Equal(1, PortableMath.Power(x, n) / Math.Pow(x, n), 1e-12));

    [Fact]
    public void Power_HugeExponent_Is0() => Assert.Equal(0, PortableMath.Power(0.999, long.MaxValue));
}
