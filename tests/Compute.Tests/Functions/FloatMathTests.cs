using System.Runtime.Intrinsics;
using Cluster.Compute.Functions;

namespace Cluster.Compute.Tests.Functions;

public sealed class FloatMathTests
{
    /// <summary>One float of this many, so that a run takes a second; 1 takes them all.</summary>
    private const uint Stride = 499;

    private static readonly float[] Special =
    [
        0, -0f, 1, -1, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.17549435e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.625f, 0.62499994f, 88.72283f, 88.72284f, 89, -87.33655f,
        -103.97f, -103.98f, -104, 16777216, 0.70710677f, 0.7071068f, 1.4142135f,
    ];

    [Fact]
    public void Exp_AllFloats_IsAsExactAsDocumented() => AssertErrors(FloatMathReference.Exp, Math.Exp, 1.02);

    [Fact]
    public void Log_AllFloats_IsAsExactAsDocumented() => AssertErrors(FloatMathReference.Log, Math.Log, 1.98);

    [Fact]
    public void LogOnePlus_FromZeroToOne_IsAsExactAsDocumented() =>
        AssertErrors(
            FloatMathReference.LogOnePlus, x => x < 1e-5 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x), 1.96, x => x is >= 0 and <= 1);

    [Fact]
    public void Sigmoid_AllFloats_IsAsExactAsDocumented() =>
        AssertErrors(FloatMathReference.Sigmoid, x => 1 / (1 + Math.Exp(-x)), 2.37);

    [Fact]
    public void Tanh_AllFloats_IsAsExactAsDocumented() => AssertErrors(FloatMathReference.Tanh, Math.Tanh, 1.32);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(-104, 0)]
    [InlineData(-103, float.Epsilon)]
    [InlineData(89, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Exp_AtItsEnds_IsAsDocumented(float x, float expected) => Assert.Equal(expected, FloatMathReference.Exp(x));

    [Theory]
    [InlineData(0, float.NegativeInfinity)]
    [InlineData(1, 0)]
    [InlineData(-1, float.NaN)]
    [InlineData(-float.Epsilon, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Log_AtItsEnds_IsAsDocumented(float x, float expected) => Assert.Equal(expected, FloatMathReference.Log(x));

    [Fact]
    public void AllFunctions_NegativeZero_AreAsDocumented()
    {
        Assert.Equal(1, FloatMathReference.Exp(-0f));
        Assert.Equal(float.NegativeInfinity, FloatMathReference.Log(-0f));
        Assert.True(float.IsNegative(FloatMathReference.Tanh(-0f)));
    }

    [Fact]
    public void Vectors_AllFloats_HaveTheReferencesBits()
    {
        foreach (var x in Floats())
        {
            var v = Vector256.Create(x);
            Assert.True(Same(FloatMathReference.Exp(x), FloatMath.Exp(v)[3]), $"exp {x}");
            Assert.True(Same(FloatMathReference.Sigmoid(x), FloatMath.Sigmoid(v)[3]), $"sigmoid {x}");
            Assert.True(Same(FloatMathReference.Tanh(x), FloatMath.Tanh(v)[3]), $"tanh {x}");
            if (!(x is >= 0 and <= 1)) continue;
            Assert.True(Same(FloatMathReference.LogOnePlus(x), FloatMath.LogOnePlus(v)[3]), $"log1p {x}");
        }
    }

    private static void AssertErrors(Func<float, float> function, Func<double, double> exact, double limit, Predicate<float>? domain = null)
    {
        var (worst, at) = (0.0, 0f);
        foreach (var x in Floats())
        {
            if (domain?.Invoke(x) == false) continue;
            var (actual, expected) = (function(x), exact(x));
            if ((float)expected is var rounded && !float.IsFinite(rounded))
            {
                // Half a unit below overflow either neighbour is right.
                Assert.True(Same(actual, rounded) || Math.Abs(expected) < 1.001 * float.MaxValue, $"f({x}) is {actual}, not {expected}");
                continue;
            }

            var error = Math.Abs(actual - expected) / UnitOfTheLastPlace(expected);
            if (!(error <= worst)) (worst, at) = (error, x);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{worst:F3} units at {at:R}");
        Assert.True(worst <= limit, $"{worst} units of the last place at {at:R}");
    }

    private static double UnitOfTheLastPlace(double value) =>
        Math.ScaleB(1, Math.Max(Math.ILogB(value == 0 ? float.Epsilon : value), -126) - 23);

    private static bool Same(float a, float b) =>
        BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    private static IEnumerable<float> Floats()
    {
        foreach (var x in Special)
            yield return x;
        for (var bits = 0L; bits <= uint.MaxValue; bits += Stride)
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
    }
}
