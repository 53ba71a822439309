using Cluster.Compute.Computations;
using Cluster.Coordinator.Computations;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class OutstandingRangeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly OutstandingRange _range = new(new GrainRange(0, 1), Cluster.Contracts.Devices.DeviceSpec.Any, Patience);

    [Fact]
    public void LosesPatience_NotPublished_Never()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_range.LosesPatience(_time));
    }

    [Fact]
    public void LosesPatience_PublishedAgainAndAgain_DoublesEachTime()
    {
        foreach (var seconds in (int[])[15, 30, 60, 120])
        {
            _range.Published(_time.GetTimestamp());
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(_range.LosesPatience(_time));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(_range.LosesPatience(_time));
            _range.Recall();
            Assert.False(_range.IsPublished);
        }
    }

    [Fact]
    public void ClaimedBy_NewClaimant_GetsTheWholePatience()
    {
        _range.Published(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(14));
        _range.ClaimedBy("1.a", _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(_range.LosesPatience(_time));

        _range.ClaimedBy("1.a", _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_range.LosesPatience(_time));
    }

    [Fact]
    public void ClaimedBy_HandedBack_GivesNoNewPatience()
    {
        _range.Published(_time.GetTimestamp());
        _range.ClaimedBy("1.a", _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(10));
        _range.ClaimedBy("", _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_range.LosesPatience(_time));
    }
}
