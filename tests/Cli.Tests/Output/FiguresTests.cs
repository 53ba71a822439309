using Cluster.Cli.Output;

namespace Cluster.Cli.Tests.Output;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 points/s")]
    [InlineData(999, "999 points/s")]
    [InlineData(1000, "1 k points/s")]
    [InlineData(411_234_567, "411 M points/s")]
    [InlineData(5e9, "5 G points/s")]
    [InlineData(1.25e12, "1.25 T points/s")]
    public void Rate_Sizes_HavePrefixes(double rate, string expected) => Assert.Equal(expected, Figures.Rate(rate, "points"));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(2.345, "2.35 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(18_720, "5 h 12 min")]
    [InlineData(273_600, "3 d 4 h")]
    public void Time_Lengths_HaveTwoUnitsAtMost(double seconds, string expected) => Assert.Equal(expected, Figures.Time(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(3.1415901587, 0.0000299852, "3.141590 ± 0.000030")]
    [InlineData(3.144, 0.0366832, "3.144 ± 0.037")]
    [InlineData(4, 0, "4.0000000000 ± 0.0000000000")]
    [InlineData(2, 1.5, "2.0 ± 1.5")]
    [InlineData(200, 150, "200 ± 150")]
    public void Estimate_Error_HasTwoDigitsAndTheValueAsMany(double value, double error, string expected)
        => Assert.Equal(expected, Figures.Estimate(value, error));

    [Theory]
    [InlineData(0, "0.0 %")]
    [InlineData(0.9999, "99.9 %")]
    [InlineData(1, "100.0 %")]
    public void Percent_NotQuiteDone_IsNotAHundred(double fraction, string expected) => Assert.Equal(expected, Figures.Percent(fraction));
}
