using Cluster.Coordinator.Computations;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class RateMeterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Sample_First_IsZero() => Assert.Equal(0, new RateMeter(_time).Sample(1000));

    [Fact]
    public void Sample_SteadyWork_IsItsRate()
    {
        var meter = new RateMeter(_time);
        var rate = 0.0;
        for (var i = 0; i <= 100; i++)
        {
            rate = meter.Sample(i * 50);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(500, rate, 6);
    }

    [Fact]
    public void Sample_WorkStopped_FallsToZeroWithinTheWindow()
    {
        var meter = new RateMeter(_time);
        meter.Sample(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1000, meter.Sample(1000));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(500, meter.Sample(1000));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, meter.Sample(1000));
    }

    [Fact]
    public void Sample_WorkThatWasLost_NeverGivesANegativeRate()
    {
        var meter = new RateMeter(_time);
        meter.Sample(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        meter.Sample(1000);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, meter.Sample(200));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(300, meter.Sample(500));
    }
}
