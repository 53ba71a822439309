using Cluster.Contracts.Jobs;
using Cluster.Contracts.Text;

namespace Cluster.Contracts.Tests;

/// <summary>Two texts that differ look different, and fit on one line.</summary>
public sealed class OneLineTextTests
{
    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("höhe 中 😀 \\ '", "höhe 中 😀 \\ '")]
    [InlineData("a\nb\r\t\0\u001b[31m\u0085", @"a\u000ab\u000d\u0009\u0000\u001b[31m\u0085")]
    [InlineData("a\u00a0b\u2003\u3000", @"a\u00a0b\u2003\u3000")]
    [InlineData("\ufeffx\u200b\u200d\u00ad\u202e", @"\ufeffx\u200b\u200d\u00ad\u202e")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("\u3164\u115f\u2800\ufe0f\u034f", @"\u3164\u115f\u2800\ufe0f\u034f")]
    [InlineData("\U000E0041\U000E0100", @"\udb40\udc41\udb40\udd00")]
    [InlineData("", "")]
    public void Of_Text_ShowsWhatCannotBeSeen(string text, string expected) => Assert.Equal(expected, OneLineText.Of(text));

    [Fact]
    public void Of_HalfASurrogatePair_IsShown() => Assert.Equal(@"a\ud83db\ude00", OneLineText.Of("a\ud83db\ude00"));

    [Theory]
    [InlineData("abcdef", 3, "abc…")]
    [InlineData("abc", 3, "abc")]
    [InlineData("ab😀", 3, "ab…")]
    [InlineData("ab😀", 4, "ab😀")]
    public void Of_LongText_IsCutBetweenCharacters(string text, int maxChars, string expected) => Assert.Equal(expected, OneLineText.Of(text, maxChars));

    [Fact]
    public void SpecViolation_InvisibleValue_IsShown()
        => Assert.Equal(@"data: a\u200b: has 'b\u00a0'", new SpecViolation("data", "a\u200b", "has 'b\u00a0'").ToString());
}
