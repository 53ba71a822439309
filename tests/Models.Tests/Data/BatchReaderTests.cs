using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class BatchReaderTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 256, 5)]
    [InlineData(101, 2, 1)]
    [InlineData(101, 7, 3)]
    [InlineData(97, 97, 1)]
    [InlineData(64, 8, 8)]
    [InlineData(13, 3, int.MaxValue)]
    public void Read_ChosenSizes_TakesEveryExampleOnceAnEpoch(int examples, int lanes, int batch) => EveryExampleOnce(examples, lanes, batch, 5, 2);

    [Fact]
    public void Read_AnySizes_TakesEveryExampleOnceAnEpoch() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 40], Gen.Int[1, 20], Gen.Int[1, 50], Gen.ULong).Sample(EveryExampleOnce);

    [Fact]
    public void Read_Repeated_GivesTheSameAndAllocatesNothing()
    {
        var data = DataSets.Numbered(1000, 5, chunkRows: 64);
        var schedule = new EpochSchedule(data.Rows, lanes: 7, batch: 16, epochs: 20);
        var reader = new BatchReader(data, schedule, seed: 3);
        Batch batch = reader.CreateBatch(), again = reader.CreateBatch();
        reader.Read(0, 0, batch);
        reader.Read(3, 5, again);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (long clock = 0; clock < schedule.TotalClocks; clock++)
        {
            for (var lane = 0; lane < schedule.Lanes; lane++)
                reader.Read(lane, clock, batch);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        reader.Read(3, 5, batch);
        Assert.Equal(again.Labels, batch.Labels);
        Assert.Equal(again.Features, batch.Features);
    }

    [Fact]
    public void Read_OutsideTheSchedule_IsRefused()
    {
        var data = DataSets.Numbered(10, 1);
        var reader = new BatchReader(data, new EpochSchedule(10, lanes: 2, batch: 5, epochs: 3), seed: 0);
        var batch = reader.CreateBatch();

        Assert.Equal(5, reader.Read(1, 2, batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(2, 0, batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(-1, 0, batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(0, 3, batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(0, -1, batch));
        Assert.Throws<ArgumentException>(() => new BatchReader(data, new EpochSchedule(9, 2, 5, 3), seed: 0));
    }

    private static void EveryExampleOnce(int examples, int lanes, int batchSize, int chunkRows, ulong seed)
    {
        const int Epochs = 2;
        var data = DataSets.Numbered(examples, features: 2, chunkRows);
        var schedule = new EpochSchedule(examples, lanes, batchSize, Epochs);
        var reader = new BatchReader(data, schedule, seed);
        var batch = reader.CreateBatch();
        Assert.InRange(batch.Capacity, 1, batchSize);
        var seen = new int[examples];
        for (long clock = 0; clock < schedule.TotalClocks; clock++)
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                Assert.Equal(schedule.Share(clock, lane).Count, reader.Read(lane, clock, batch));
                for (var row = 0; row < batch.Count; row++)
                {
                    var example = batch.Labels[row];
                    Assert.Equal([example * 16, (example * 16) + 1], batch.Row(row).ToArray());
                    seen[(int)example]++;
                }
            }

            if ((clock + 1) % schedule.StepsPerEpoch == 0)
                Assert.All(seen, count => Assert.Equal((clock + 1) / schedule.StepsPerEpoch, count));
        }
    }
}
