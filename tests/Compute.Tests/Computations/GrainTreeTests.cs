using Cluster.Compute.Computations;
using CsCheck;

namespace Cluster.Compute.Tests.Computations;

public sealed class GrainTreeTests
{
    [Fact]
    public void Decompose_OneToEleven_IsTheLargestAlignedNodesInOrder() =>
        Assert.Equal(
            [new GrainNode(0, 1), new GrainNode(1, 1), new GrainNode(2, 1), new GrainNode(1, 4), new GrainNode(0, 10)],
            GrainTree.Decompose(new GrainRange(1, 11)));

    [Fact]
    public void Decompose_AllGrains_HasOneNodeForEachBit() =>
        Assert.Equal(63, GrainTree.Decompose(new GrainRange(0, long.MaxValue)).Count);

    [Fact]
    public void Decompose_AnyRange_CoversItOnceWithoutSiblings() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Long[1, 1L << 40]).Sample((from, length) =>
        {
            var nodes = GrainTree.Decompose(new GrainRange(from, from + length));

            var next = from;
            foreach (var (level, index) in nodes)
            {
                Assert.Equal(next, index << level);
                next += 1L << level;
            }

            Assert.Equal(from + length, next);
            foreach (var (left, right) in nodes.Zip(nodes.Skip(1)))
                Assert.False(left.Level == right.Level && left.Index % 2 == 0 && right.Index == left.Index + 1);
        });

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(3, 3)]
    [InlineData(3, 2)]
    public void Decompose_NotARange_Throws(long from, long to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GrainTree.Decompose(new GrainRange(from, to)));
}
