using Cluster.Worker.Training;

namespace Cluster.Worker.Tests.Training;

public sealed class BatchWatchTests
{
    [Fact]
    public void IsLate_SameLaneForAsManyTicksAsItMayTake_SaysSoOnce()
    {
        var watch = new BatchWatch(3);

        Assert.Equal([false, false, false, true, false, false], Enumerable.Repeat(7L, 6).Select(watch.IsLate));
    }

    [Fact]
    public void IsLate_LanesThatGoOnOrNothingAtWork_Never()
    {
        var watch = new BatchWatch(2);

        Assert.DoesNotContain(true, new long[] { 1, 1, 2, 2, 3, -1, 3, 3, -1, -1, -1, -1, 4, 4, 5 }.Select(watch.IsLate));
    }
}
