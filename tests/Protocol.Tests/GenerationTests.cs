using Cluster.Protocol.Segments;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class GenerationTests
{
    [Fact]
    public void Parse_WhatToStringWrote_IsTheSame()
        => Gen.Select(Gen.Long[0, long.MaxValue], Gen.ULong).Sample((counter, random) =>
            Generation.Parse(new Generation(counter, random).ToString()) == new Generation(counter, random));

    [Fact]
    public void ToString_IsCounterAndSixteenHexDigits() => Assert.Equal("7.00000000000000ff", new Generation(7, 255).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7.")]
    [InlineData(".ff")]
    [InlineData("-1.ff")]
    [InlineData("7.xyz")]
    [InlineData("7.ff.ff")]
    [InlineData("7.10000000000000000")]
    [InlineData(" 7.ff")]
    [InlineData("9223372036854775808.0")]
    public void Parse_Malformed_NamesTheText(string text)
        => Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => Generation.Parse(text)).Message, StringComparison.Ordinal);
}
