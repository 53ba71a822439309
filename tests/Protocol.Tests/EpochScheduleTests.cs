using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class EpochScheduleTests
{
    [Fact]
    public void Share_AnySchedule_TakesEachPositionOfEachEpochOnceAndEvenly() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[1, 3]).Sample((examples, lanes, batch, epochs) =>
        {
            var schedule = new EpochSchedule(examples, lanes, batch, epochs);
            var taken = new List<(long Epoch, long Position)>();
            for (long clock = 0; clock < schedule.TotalClocks; clock++)
            {
                EpochShare[] shares = [.. Enumerable.Range(0, lanes).Select(lane => schedule.Share(clock, lane))];
                Assert.InRange(shares.Max(share => share.Count), 1, batch);
                Assert.True(shares.Max(share => share.Count) - shares.Min(share => share.Count) <= 1);
                foreach (var share in shares)
                {
                    for (var position = share.Start; position < share.End; position++)
                        taken.Add((share.Epoch, position));
                }
            }

            var all = Enumerable.Range(0, epochs).SelectMany(epoch => Enumerable.Range(0, examples).Select(position => ((long)epoch, (long)position)));
            Assert.Equal(all, taken);
        });

    [Fact]
    public void TotalClocks_ChapterExample_IsAHundredEpochsOnEachOfTwoWorkers()
    {
        var schedule = new EpochSchedule(examples: 101, lanes: 2, batch: 1, epochs: 200);

        Assert.Equal(51, schedule.StepsPerEpoch);
        Assert.Equal(10_200, schedule.TotalClocks);
        Assert.Equal(0, schedule.Share(50, 0).Count);
        Assert.Equal(1, schedule.Share(50, 1).Count);
    }

    /// <summary>With local steps too: each position once an epoch, in batches of B, of which only the last of a share is short.</summary>
    [Fact]
    public void Share_LocalSteps_TakeEachPositionOnceAnEpoch() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 9], Gen.Int[1, 7], Gen.Int[1, 5]).Sample((examples, lanes, batch, localSteps) =>
        {
            var schedule = new EpochSchedule(examples, lanes, batch, epochs: 2, localSteps);
            var taken = new int[2, examples];
            for (long clock = 0; clock < schedule.TotalClocks; clock++)
            {
                for (var lane = 0; lane < lanes; lane++)
                {
                    var share = schedule.Share(clock, lane);
                    for (var step = 0; step < localSteps; step++)
                    {
                        var part = schedule.Share(clock, lane, step);
                        Assert.Equal(Math.Clamp(share.Count - ((long)step * batch), 0, batch), part.Count);
                        for (var position = part.Start; position < part.End; position++)
                            taken[part.Epoch, position]++;
                    }

                    Assert.Equal(0, schedule.Share(clock, lane, localSteps).Count);
                }
            }

            Assert.All(taken.Cast<int>(), count => Assert.Equal(1, count));
        });
}
