using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Plans;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class DataSplitTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(97, 19)]
    [InlineData(101, 100)]
    [InlineData(1_797, 359)]
    [InlineData(65_537, 1)]
    public void Views_ChosenSizes_PartTheRows(int rows, int testRows) => PartTheRows(rows, testRows, 42);

    [Fact]
    public void Views_AnySizes_PartTheRows()
        => Gen.Select(Gen.Int[1, 500], Gen.Double.Unit, Gen.ULong).Sample((rows, part, seed) => PartTheRows(rows, (int)(part * rows), seed));

    [Fact]
    public void Train_NothingHeldOut_IsAllRowsInOrder()
    {
        var split = new DataSplit(5, 0, 9);

        Assert.Equal([0L, 1, 2, 3, 4], Enumerable.Range(0, 5).Select(i => split.Train.Row(i)));
        Assert.Equal(0, split.Test.Count);
    }

    [Fact]
    public void Test_ManySeeds_HoldsEachRowOutEquallyOften()
    {
        const int rows = 20, seeds = 4000;
        var counts = new int[rows];
        for (ulong seed = 0; seed < seeds; seed++)
        {
            var split = new DataSplit(rows, 5, seed);
            for (var i = 0; i < 5; i++)
                counts[split.Test.Row(i)]++;
        }

        // Binomial with n = 4000, p = ¼: mean 1000, standard deviation 27.4; five of them.
        Assert.All(counts, count => Assert.InRange(count, 863, 1137));
    }

    [Theory]
    [InlineData(100, 0, 0)]
    [InlineData(100, 0.2, 20)]
    [InlineData(1797, 0.2, 359)]
    [InlineData(3, 0.01, 1)]
    [InlineData(2, 0.9, 1)]
    [InlineData(10, 0.25, 3)]
    [InlineData(1, 0, 0)]
    public void CountTestRows_Fraction_IsTheNearestThatLeavesBoth(long rows, double fraction, long expected)
        => Assert.Equal(expected, DataSplit.CountTestRows(rows, fraction));

    [Fact]
    public void OutsideTheRanges_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => DataSplit.CountTestRows(1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataSplit(5, 5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataSplit(5, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataSplit(5, 2, 0).Test.Row(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataSplit(5, 2, 0).Train.Row(-1));
    }

    /// <summary>Two epochs read each training row twice and no other, by whatever lanes.</summary>
    [Fact]
    public void Read_AnySplitLanesAndBatch_TakesEveryTrainingRowOnceAnEpoch()
        => Gen.Select(Gen.Int[2, 200], Gen.Double[0.01, 0.9], Gen.Int[1, 17], Gen.Int[1, 9], Gen.ULong).Sample((rows, fraction, lanes, batchSize, seed) =>
        {
            var data = DataSets.Numbered(rows, features: 1, chunkRows: 16);
            var plan = PlanOf(rows, DataSplit.CountTestRows(rows, fraction), lanes, batchSize, seed);
            var reader = BatchReader.Of(data, plan);
            var schedule = plan.Schedule();
            var batch = reader.CreateBatch();
            var seen = new int[rows];
            for (long clock = 0; clock < schedule.TotalClocks; clock++)
            {
                for (var lane = 0; lane < lanes; lane++)
                {
                    reader.Read(lane, clock, batch);
                    foreach (var row in batch.Labels)
                        seen[(int)row]++;
                }
            }

            var split = DataSplit.Of(plan);
            for (var row = 0; row < rows; row++)
                Assert.Equal(split.IsTest(row) ? 0 : 2, seen[row]);
        });

    private static TrainingPlan PlanOf(long rows, long testRows, int lanes, int batch, ulong seed) => new()
    {
        Spec = new TrainingSpec { LearningRate = 1, Lanes = lanes, Batch = batch, Epochs = 2, Seed = seed },
        Rows = rows,
        TestRows = testRows,
        Features = 1,
        Offsets = [0, 2],
        Streams = 1,
        Slots = 0,
        Tensors = [],
    };

    private static void PartTheRows(int rows, int testRows, ulong seed)
    {
        var split = new DataSplit(rows, testRows, seed);
        long[] test = [.. Enumerable.Range(0, (int)split.Test.Count).Select(i => split.Test.Row(i))];
        long[] train = [.. Enumerable.Range(0, (int)split.Train.Count).Select(i => split.Train.Row(i))];
        Assert.Equal(testRows, test.Length);
        Assert.Equal(Enumerable.Range(0, rows).Select(row => (long)row), test.Concat(train).Order());
        Assert.All(test, row => Assert.True(split.IsTest(row)));
        Assert.All(train, row => Assert.False(split.IsTest(row)));
    }
}
