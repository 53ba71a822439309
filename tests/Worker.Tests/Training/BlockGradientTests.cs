using System.Runtime.InteropServices;
using Cluster.Compute.Cpu;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Worker.Tests.Training.Cluster;
using Cluster.Worker.Training;
using CsCheck;

namespace Cluster.Worker.Tests.Training;

public sealed class BlockGradientTests
{
    private static readonly LinearRegression Model = new(1);
    private static readonly DataSet Data = LineExample.Create(3);

    private static readonly Gen<(int Lanes, int Batch, long Clock, int First, int Count, float Weight, float Bias)> Cases =
        from lanes in Gen.Int[1, 32]
        from batch in Gen.Int[1, 5]
        from clock in Gen.Long[0, (((LineExample.Rows - 1) / (lanes * batch)) + 1) * 2 - 1]
        from first in Gen.Int[0, lanes - 1]
        from count in Gen.Int[1, lanes - first]
        from weight in Gen.Float[-3, 3]
        from bias in Gen.Float[-3, 3]
        select (lanes, batch, clock, first, count, weight, bias);

    [Fact]
    public void Compute_AnyBlock_HasTheBitsOfTheTreeAndOfThePsTasksAccumulator() => Cases.Sample(c =>
    {
        var tree = new BlockTree(c.Lanes);
        var block = tree.Largest(c.First, c.First + c.Count);
        var reader = new BatchReader(Data, new EpochSchedule(Data.Rows, c.Lanes, c.Batch, epochs: 2), seed: 5);
        float[] parameters = [c.Weight, c.Bias];
        var gradient = new BlockGradient(Open(), Model.Layout.Length, reader);

        gradient.Compute(block, c.Clock, parameters);

        var expected = SequentialTraining.Sum(block, lane => Lane(reader, lane, c.Clock, parameters));
        Assert.Equal(expected?.Examples ?? 0, gradient.Examples);
        if (expected is null) return;
        Assert.True(Bits(expected.Value.Sum).SequenceEqual(Bits(gradient.Sum.Span)));
        Assert.True(Bits(Accumulated(tree, block, reader, c.Clock, parameters)).SequenceEqual(Bits(gradient.Sum.Span)));
        var batch = reader.CreateBatch();
        var loss = Enumerable.Range(block.First, block.Count).Sum(lane => reader.Read(lane, c.Clock, batch) * 0 + Model.Loss(parameters, batch));
        Assert.Equal(loss, gradient.Loss, 1e-5 * (1 + loss));
    }, iter: 2_000);

    [Fact]
    public void Compute_BlockOnceSeen_AllocatesNothing()
    {
        var reader = new BatchReader(Data, new EpochSchedule(Data.Rows, 7, 2, epochs: 2), seed: 5);
        var gradient = new BlockGradient(Open(), Model.Layout.Length, reader);
        float[] parameters = [1, 2];
        gradient.Compute(new LaneBlock(0, 7), 0, parameters);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) gradient.Compute(new LaneBlock(0, 7), i % 16, parameters);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Accumulated(BlockTree tree, LaneBlock block, BatchReader reader, long clock, float[] parameters)
    {
        var pool = new VectorPool(2, tree.Lanes + 1);
        var sum = new BlockAccumulator(tree);
        for (var lane = block.First; lane < block.End; lane++)
        {
            var staged = pool.Rent();
            var one = Lane(reader, lane, clock, parameters);
            one?.Sum.CopyTo(staged.Values);
            sum.Add(new LaneBlock(lane, 1), staged, one?.Examples ?? 0, worker: 1);
        }

        Assert.True(sum.TryGet(block, out var whole, out _));
        return whole!.Values.ToArray();
    }

    private static (float[] Sum, long Examples)? Lane(BatchReader reader, int lane, long clock, float[] parameters)
    {
        var batch = reader.CreateBatch();
        if (reader.Read(lane, clock, batch) == 0) return null;
        var sum = new float[2];
        Model.Gradient(parameters, batch, sum);
        return (sum, batch.Count);
    }

    private static ReadOnlySpan<byte> Bits(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values);

    private static IModelSession Open()
    {
        using var device = new CpuDevice(1);
        using var stream = device.OpenStream();
        return ((IModel)Model).Open(stream, 1);
    }
}
