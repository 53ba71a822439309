using Cluster.Compute.Numerics;
using Cluster.Models.Data;

namespace Cluster.Models.Tests.Data;

/// <summary>Numbers computed by a Python program of its own for Philox and the polar method.</summary>
public sealed class LineExampleTests
{
    [Theory]
    [InlineData(0, 0, -0.3632748145994451)]
    [InlineData(42, 0, -1.200009024642704)]
    [InlineData(42, 1, 0.21071947320360054)]
    [InlineData(42, 3, 0.05736720948595428)]
    [InlineData(42, 100, -1.73651735865247)]
    [InlineData((1UL << 63) + 5, (1UL << 40) + 1, 1.3118760820747437)]
    public void At_KnownAnswers_AgreeToTheLastDigits(ulong seed, ulong index, double expected)
        => Assert.Equal(expected, PhiloxNormal.At(seed, index), 1e-14);

    [Fact]
    public void Log_AnyNumber_AgreesWithTheLibrary()
    {
        for (var x = 1e-300; x < 1e300; x *= 1.37)
            Assert.Equal(Math.Log(x), PortableMath.Log(x), 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))));
        Assert.Equal(0, PortableMath.Log(1));
    }

    /// <summary>Kolmogorov's distance from the normal distribution stays below its 1 - 10⁻⁶ quantile, 2.69/√n.</summary>
    [Fact]
    public void At_ManyNumbers_AreNormal()
    {
        const int Count = 100_000;
        double[] numbers = [.. Enumerable.Range(0, Count).Select(i => PhiloxNormal.At(7, (ulong)i)).Order()];

        var distance = numbers.Select((x, i) => Math.Abs(NormalDistribution(x) - ((i + 0.5) / Count))).Max();

        Assert.InRange(distance, 0, 2.69 / Math.Sqrt(Count));
    }

    [Fact]
    public void Create_Seed42_HasTheKnownPoints()
    {
        var data = LineExample.Create(42);

        Assert.Equal(101, data.Rows);
        Assert.Equal([-1f, -0.66f, 0f, 1f], [data.Features(0)[0], data.Features(17)[0], data.Features(50)[0], data.Features(100)[0]]);
        Assert.Equal(
            [(float)-2.280003547668457, (float)0.06473423540592194, (float)1.5053930282592773],
            [data.Label(0), data.Label(50), data.Label(100)]);
        Assert.Equal(DataFingerprint.Of(data), DataFingerprint.Of(LineExample.Create(42)));
        Assert.NotEqual(DataFingerprint.Of(data), DataFingerprint.Of(LineExample.Create(43)));
    }

    /// <summary>Φ by its Taylor series (Marsaglia 2004), good to 10⁻¹⁵ for |x| &lt; 7.</summary>
    private static double NormalDistribution(double x)
    {
        double sum = x, last = 0, term = x;
        for (var i = 3; sum != last; i += 2)
        {
            last = sum;
            term *= x * x / i;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));
    }
}
