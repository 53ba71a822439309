using Cluster.Contracts.Errors;

namespace Cluster.Contracts.Tests.Errors;

public sealed class FailureTextTests
{
    [Fact]
    public void Of_ExceptionsOfArguments_HasNoParameterAndOneLine()
    {
        var shape = 70_000;
        var outside = Assert.Throws<ArgumentOutOfRangeException>(() => ArgumentOutOfRangeException.ThrowIfGreaterThan(shape, 65_536));
        (Exception Failure, string Expected)[] cases =
        [
            (new ArgumentException("The tensor 'w' is too large.", nameof(shape)), "The tensor 'w' is too large."),
            (new ArgumentException("no name"), "no name"),
            (outside, "shape ('70000') must be less than or equal to '65536'. Actual value was 70000."),
            (new InvalidOperationException("two\nlines"), "two lines"),
            (new InvalidOperationException(new ArgumentException("inside", nameof(shape)).Message, new ArgumentException("inside", nameof(shape))), "inside"),
        ];

        Assert.All(cases, c => Assert.Equal(c.Expected, FailureText.Of(c.Failure)));
    }
}
