using System.Runtime.Intrinsics;
using Cluster.Compute.Numerics;
using Cluster.Compute.Philox;
using Cluster.Compute.Pricing;
using CsCheck;

namespace Cluster.Compute.Tests.Pricing;

public sealed class PricingMathTests
{
    private const int Words = 10_000_000;

    private static readonly ulong[] Edges = [0, 1, 4095, 4096, ulong.MaxValue, ulong.MaxValue - 4095, 1ul << 61, 1ul << 62, 1ul << 63, 3ul << 62];

    private static readonly Gen<ulong> Word = Gen.OneOf(
        Gen.ULong, Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]),
        Gen.Select(Gen.ULong, Gen.Int[0, 63], (word, shift) => word >> shift), Gen.Select(Gen.ULong, Gen.Int[0, 63], (word, shift) => ~(word >> shift)));

    [Fact]
    public void LogUniform_ManyWords_IsMathLog()
    {
        var worst = 0.0;
        foreach (var word in ManyWords())
        {
            var expected = Math.Log(1 - (word >> 12) * Math.Pow(2, -52));
            var actual = PricingMathReference.LogUniform(word);
            worst = Math.Max(worst, expected == 0 ? Math.Abs(actual) : Math.Abs(actual / expected - 1));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"relative error {worst:G4}");
        Assert.InRange(worst, 0, 2.3e-16);
    }

    [Fact]
    public void SinCosTurn_ManyWords_IsMathSinCos()
    {
        var worst = 0.0;
        foreach (var word in ManyWords())
        {
            // The angle beyond its quarter turns is below π/4, so that its rounding does not count.
            var quarters = word >> 62;
            var rest = ((((word << 2) >> 12) * Math.Pow(2, -52)) - 0.5) * (Math.PI / 2);
            var (s, c) = Math.SinCos(rest);
            var (sine, cosine) = quarters switch { 0 => (s, c), 1 => (c, -s), 2 => (-s, -c), _ => (-c, s) };
            var actual = PricingMathReference.SinCosTurn(word);
            worst = Math.Max(worst, Math.Max(Math.Abs(actual.Sine - sine), Math.Abs(actual.Cosine - cosine)));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"absolute error {worst:G4}");
        Assert.InRange(worst, 0, 1.2e-16);
    }

    [Fact]
    public void Exp_ManyNumbers_IsMathExp()
    {
        var worst = 0.0;
        foreach (var word in ManyWords())
        {
            var x = (word >> 11) * Math.Pow(2, -53) * 600 - 300;
            foreach (var argument in (ReadOnlySpan<double>)[x, x / 300])
                worst = Math.Max(worst, Math.Abs(PricingMathReference.Exp(argument) / Math.Exp(argument) - 1));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"relative error {worst:G4}");
        Assert.InRange(worst, 0, 2.3e-16);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1000, 1.942426395241256e130)]
    [InlineData(-1000, 5.148200222412013e-131)]
    public void Exp_ZeroAndBeyondItsRange_IsOneAndClamped(double x, double expected) =>
        Assert.Equal(1, PricingMathReference.Exp(x) / expected, 1e-15);

    [Fact]
    public void Vectors_AnyWords_HaveTheReferencesBits() =>
        Gen.Select(Word, Word, Word, Word).Sample((a, b, c, d) =>
        {
            var radius = Vector256.Create(a, b, c, d);
            var angle = Vector256.Create(d, a, b, c);
            PricingMath<Doubles256, Words256>.Normals(new Words256(radius), new Words256(angle), out var cosineVector, out var sineVector);
            var (cosines, sines) = (cosineVector.Quad(0), sineVector.Quad(0));
            var exps = PricingMath<Doubles256, Words256>.Exp(new Doubles256(cosines * Vector256.Create(100.0))).Quad(0);
            for (var lane = 0; lane < 4; lane++)
            {
                var (cosine, sine) = PricingMathReference.Normals(radius[lane], angle[lane]);
                Assert.Equal(Bits(cosine, sine, PricingMathReference.Exp(100 * cosine)), Bits(cosines[lane], sines[lane], exps[lane]));
            }
        }, iter: 100_000);

    [Fact]
    public void Normals_FixedSeed_HaveNormalMomentsDistributionAndNoCorrelation()
    {
        const int count = 2_000_000, bins = 200;
        var histogram = new int[bins];
        var (s1, s2, s3, s4, product) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0u; i < count / 2; i++)
        {
            var (w0, w1, w2, w3) = Philox4x32.Block(i, 42);
            var (x, y) = PricingMathReference.Normals(w0 | (ulong)w1 << 32, w2 | (ulong)w3 << 32);
            product += x * y;
            foreach (var z in (ReadOnlySpan<double>)[x, y])
            {
                (s1, s2, s3, s4) = (s1 + z, s2 + z * z, s3 + z * z * z, s4 + z * z * z * z);
                histogram[Math.Min((int)(BlackScholes.Normal(z) * bins), bins - 1)]++;
            }
        }

        // Standard errors of the first four moments of a standard normal: √(1, 2, 15, 96)/√count.
        var scale = 1 / Math.Sqrt(count);
        Assert.InRange(s1 / count, -4 * scale, 4 * scale);
        Assert.InRange(s2 / count - 1, -4 * Math.Sqrt(2) * scale, 4 * Math.Sqrt(2) * scale);
        Assert.InRange(s3 / count, -4 * Math.Sqrt(15) * scale, 4 * Math.Sqrt(15) * scale);
        Assert.InRange(s4 / count - 3, -4 * Math.Sqrt(96) * scale, 4 * Math.Sqrt(96) * scale);
        Assert.InRange(product / (count / 2), -4 / Math.Sqrt(count / 2), 4 / Math.Sqrt(count / 2));

        // χ² with 199 degrees of freedom has mean 199 and standard deviation 20.
        var expected = (double)count / bins;
        Assert.InRange(histogram.Sum(h => (h - expected) * (h - expected) / expected), 119, 279);

        // Kolmogorov and Smirnov on the bins' edges: 1.95/√n is passed with probability 0.001.
        var (cumulated, distance) = (0, 0.0);
        for (var bin = 0; bin < bins; bin++)
        {
            cumulated += histogram[bin];
            distance = Math.Max(distance, Math.Abs((double)cumulated / count - (bin + 1.0) / bins));
        }

        Assert.InRange(distance, 0, 1.95 * scale);
    }

    private static (ulong, ulong, ulong) Bits(double a, double b, double c) =>
        (BitConverter.DoubleToUInt64Bits(a), BitConverter.DoubleToUInt64Bits(b), BitConverter.DoubleToUInt64Bits(c));

    /// <summary>Words of all sizes, near 0 and near 2⁶⁴ included.</summary>
    private static IEnumerable<ulong> ManyWords()
    {
        for (var i = 0u; i < Words / 4; i++)
        {
            var (w0, w1, w2, w3) = Philox4x32.Block(i, 7);
            var (a, b) = (w0 | (ulong)w1 << 32, w2 | (ulong)w3 << 32);
            yield return a;
            yield return b;
            yield return a >> (int)(b & 63);
            yield return ~(b >> (int)(a & 63));
        }
    }
}
