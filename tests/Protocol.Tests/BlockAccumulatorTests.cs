using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class BlockAccumulatorTests
{
    /// <summary>Any order of arrival gives the bits of the recursion over the tree's definition, and holds no more than half the lanes.</summary>
    [Fact]
    public void Add_LanesInAnyOrder_SumsAlongTheTree() =>
        Gen.Int[1, 64].SelectMany(lanes => Gen.Select(
                Gen.Shuffle(Enumerable.Range(0, lanes).ToArray()), Gen.Float[-1e3f, 1e3f].Array[lanes], Gen.Bool.Array[lanes]))
            .Sample((order, values, absent) =>
            {
                var tree = new BlockTree(order.Length);
                var pool = new VectorPool(1, BlockAccumulator.MaxHeld(order.Length) + 1);
                var accumulator = new BlockAccumulator(tree);

                foreach (var lane in order)
                {
                    var gradient = pool.Rent();
                    gradient.Values[0] = values[lane];
                    accumulator.Add(new LaneBlock(lane, 1), gradient, absent[lane] ? 0 : 1, 1);
                }

                Assert.True(accumulator.TryGet(tree.Root, out var sum, out var examples));
                Assert.Equal(absent.Count(isAbsent => !isAbsent), examples);
                Assert.Equal(Sum(tree.Root, values, absent), sum?.Values[0]);
                accumulator.Clear();
                Assert.Equal(BlockAccumulator.MaxHeld(order.Length) + 1, pool.Available);
            });

    [Fact]
    public void Add_AbsentLane_DoesNotTurnMinusZeroIntoZero()
    {
        var tree = new BlockTree(2);
        var pool = new VectorPool(1, 2);
        var accumulator = new BlockAccumulator(tree);
        foreach (var (lane, value, examples) in new[] { (0, -0f, 1L), (1, 0f, 0L) })
        {
            var gradient = pool.Rent();
            gradient.Values[0] = value;
            accumulator.Add(new LaneBlock(lane, 1), gradient, examples, 1);
        }

        accumulator.TryGet(tree.Root, out var sum, out _);

        Assert.True(float.IsNegative(sum!.Values[0]));
    }

    private static float? Sum(LaneBlock block, float[] values, bool[] absent)
    {
        if (block.Count == 1)
            return absent[block.First] ? null : values[block.First];
        var (left, right) = BlockTree.Children(block);
        return (Sum(left, values, absent), Sum(right, values, absent)) switch
        {
            ({ } x, { } y) => x + y,
            var (x, y) => x ?? y,
        };
    }
}
