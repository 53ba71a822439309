using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using CsCheck;

namespace Cluster.Protocol.Tests.Evaluation;

public sealed class EvaluationRangesTests
{
    [Fact]
    public void Of_AnyRows_AreConsecutiveWholeBatchesAndNotTooMany() => Gen.Long[1, 5_000_000].Sample(rows =>
    {
        var ranges = EvaluationRanges.Of(rows);

        Assert.InRange(ranges.Count, 1, EvaluationRanges.MaxRanges);
        Assert.Equal((0L, rows), (ranges[0].From, ranges[^1].To));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.All(ranges, range => Assert.True(range.From % EvaluationRanges.BatchRows == 0 && range.From < range.To));
    });

    [Fact]
    public void Of_SmallSets_HaveARangeForEachBatch() =>
        Assert.Equal([(0, 256), (256, 512), (512, 600)], EvaluationRanges.Of(600));

    [Theory]
    [InlineData(10, 25, "10 20 25")]
    [InlineData(10, 20, "10 20")]
    [InlineData(0, 25, "")]
    [InlineData(100, 25, "25")]
    public void Schedule_Clocks_AreTheMultiplesAndTheEnd(long every, long total, string clocks)
    {
        var schedule = new EvaluationSchedule(every, total);

        Assert.Equal(clocks, string.Join(' ', Enumerable.Range(0, (int)total + 1).Where(clock => schedule.IsAt(clock))));
        for (long clock = 0; clock < total && every > 0; clock++)
            Assert.Equal(Enumerable.Range((int)clock + 1, (int)total).First(after => schedule.IsAt(after)), schedule.After(clock));
    }
}
