using Cluster.AppHost.Running;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.AppHost.Tests;

public sealed class RestartBackoffTests
{
    private static readonly double[] Doubling = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Ended_DeathAfterDeath_DoublesUpToTheLongest()
    {
        var backoff = new RestartBackoff(_time, new FixedRandom(0));

        Assert.Equal(Doubling, Doubling.Select(_ => Die(backoff, TimeSpan.FromSeconds(1)).TotalSeconds), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Ended_LongLife_StartsAnew()
    {
        var backoff = new RestartBackoff(_time, new FixedRandom(0));
        Die(backoff, TimeSpan.Zero);
        Die(backoff, TimeSpan.Zero);

        Assert.Equal(0.8, Die(backoff, TimeSpan.FromSeconds(29.9)).TotalSeconds, 9);
        Assert.Equal(0.2, Die(backoff, TimeSpan.FromSeconds(30)).TotalSeconds, 9);
        Assert.Equal(0.4, Die(backoff, TimeSpan.Zero).TotalSeconds, 9);
    }

    [Theory]
    [InlineData(0.0, 0.2)]
    [InlineData(0.5, 0.175)]
    [InlineData(1.0, 0.15)]
    public void Ended_Jitter_ShortensByUpToAQuarter(double draw, double seconds)
    {
        var backoff = new RestartBackoff(_time, new FixedRandom(draw));

        Assert.Equal(seconds, Die(backoff, TimeSpan.Zero).TotalSeconds, 9);
    }

    [Fact]
    public void Ended_SoonAfterEachStart_IsGivenUpUntilItIsStartedByHandAndLives()
    {
        var backoff = new RestartBackoff(_time, new FixedRandom(0));
        for (var death = 0; death < RestartBackoff.MostInARow; death++) Die(backoff, TimeSpan.FromSeconds(1));

        backoff.Started();
        Assert.Null(backoff.Ended());
        Assert.Equal(0.2, Die(backoff, RestartBackoff.Forgiven).TotalSeconds, 9);
    }

    private TimeSpan Die(RestartBackoff backoff, TimeSpan life)
    {
        backoff.Started();
        _time.Advance(life);
        return backoff.Ended()!.Value;
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
