using System.Globalization;
using System.Numerics;
using Cluster.Cli.Parsing;
using CsCheck;

namespace Cluster.Cli.Tests.Parsing;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0e999999999999", "0")]
    [InlineData("42", "42")]
    [InlineData("+42", "42")]
    [InlineData("-42", "-42")]
    [InlineData("007", "7")]
    [InlineData("1e9", "1000000000")]
    [InlineData("1E9", "1000000000")]
    [InlineData("1e+9", "1000000000")]
    [InlineData("2.5e6", "2500000")]
    [InlineData("1_000_000", "1000000")]
    [InlineData("1_0.2_5e2", "1025")]
    [InlineData("1.0", "1")]
    [InlineData("1.50e1", "15")]
    [InlineData("100e-2", "1")]
    [InlineData("1e18", "1000000000000000000")]
    [InlineData("1.000000000000000001e18", "1000000000000000001")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("9.223372036854775807e18", "9223372036854775807")]
    [InlineData("1.8446744073709551615e19", "18446744073709551615")]
    public void TryParse_WholeNumber_IsExact(string text, string expected)
    {
        Assert.True(WholeNumber.TryParse(text, out var value));
        Assert.Equal(BigInteger.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\n")]
    [InlineData("one")]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("1.25e1")]
    [InlineData("0.1")]
    [InlineData(".5e1")]
    [InlineData("5.")]
    [InlineData("5.e1")]
    [InlineData("e9")]
    [InlineData("1e")]
    [InlineData("1e1.5")]
    [InlineData("1e1_0")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("1__0")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("--1")]
    [InlineData("NaN")]
    [InlineData("∞")]
    [InlineData("１２")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(WholeNumber.TryParse(text, out _));

    [Fact]
    public void TryParse_AbsurdExponent_IsLargerThanAnyLimitAndQuick()
    {
        Assert.True(WholeNumber.TryParse("1e99999999999999999999", out var value));
        Assert.True(value > BigInteger.Pow(10, 300));
        Assert.False(WholeNumber.TryParse("1e-99999999999999999999", out _));
        Assert.False(WholeNumber.TryParse(new string('1', 1001), out _));
    }

    [Fact]
    public void TryParse_WrittenWithAnExponent_IsTheProduct()
        => Gen.Select(Gen.Long, Gen.Int[0, 30]).Sample((mantissa, exponent) =>
            WholeNumber.TryParse(string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent}"), out var value)
            && value == mantissa * BigInteger.Pow(10, exponent));

    [Fact]
    public void TryParse_AnyRefusedText_IsZero() => Gen.String.Sample(text => WholeNumber.TryParse(text, out var value) || value.IsZero);
}
