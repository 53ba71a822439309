using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class BlockTreeTests
{
    /// <summary>The definition, by enumeration of all (level, index).</summary>
    private static HashSet<LaneBlock> Nodes(int lanes)
    {
        var nodes = new HashSet<LaneBlock>();
        for (var level = 0; level <= 8; level++)
        {
            for (var first = 0; first < lanes; first += 1 << level)
                nodes.Add(new LaneBlock(first, Math.Min(first + (1 << level), lanes) - first));
        }

        return nodes;
    }

    [Fact]
    public void IsBlock_EveryRangeOfEveryTree_AgreesWithDefinition()
    {
        for (var lanes = 1; lanes <= 40; lanes++)
        {
            var tree = new BlockTree(lanes);
            var nodes = Nodes(lanes);
            for (var first = -1; first <= lanes; first++)
            {
                for (var count = -1; count <= lanes + 1; count++)
                    Assert.Equal(nodes.Contains(new LaneBlock(first, count)), tree.IsBlock(new LaneBlock(first, count)));
            }
        }
    }

    [Fact]
    public void Parent_EveryBlockOfEveryTree_IsSmallestLargerNodeAndSiblingTheRest()
    {
        for (var lanes = 1; lanes <= BlockTree.MaxLanes; lanes++)
        {
            var tree = new BlockTree(lanes);
            var nodes = Nodes(lanes);
            foreach (var block in nodes.Where(node => node != tree.Root))
            {
                var parent = nodes.Where(node => node.Contains(block) && node != block).MinBy(node => node.Count);
                Assert.Equal(parent, tree.Parent(block));
                var sibling = tree.Sibling(block);
                Assert.True(tree.IsBlock(sibling) && parent.Contains(sibling) && sibling.Count + block.Count == parent.Count);
                var (left, right) = BlockTree.Children(parent);
                Assert.True((left == block && right == sibling) || (left == sibling && right == block));
            }
        }
    }

    [Fact]
    public void Decompose_AnyRange_CoversItWithBlocksThatCannotBeJoined() =>
        Gen.Select(Gen.Int[1, 256], Gen.Int[0, 255], Gen.Int[0, 255]).Where((lanes, a, b) => a < lanes && b < lanes).Sample((lanes, a, b) =>
        {
            var tree = new BlockTree(lanes);
            var range = new LaneBlock(Math.Min(a, b), Math.Abs(a - b) + 1);
            LaneBlock[] blocks = [.. tree.Decompose(range)];

            Assert.All(blocks, block => Assert.True(tree.IsBlock(block)));
            Assert.Equal(Enumerable.Range(range.First, range.Count), blocks.SelectMany(block => Enumerable.Range(block.First, block.Count)));
            Assert.All(blocks, block => Assert.True(block == tree.Root || !range.Contains(tree.Parent(block))));
        });

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void New_LanesOutOfRange_Throws(int lanes) => Assert.Throws<ArgumentOutOfRangeException>(() => new BlockTree(lanes));

    [Fact]
    public void Deal_AnyLanes_DealsEachOnceAndEvenly() =>
        Gen.Select(Gen.Int[1, 256], Gen.Int[1, 40]).Sample((lanes, slots) =>
        {
            var shares = LaneDealing.Deal(LaneSet.Of(new LaneBlock(0, lanes)), slots);

            Assert.Equal(Math.Min(lanes, slots), shares.Count);
            Assert.Equal(lanes, shares.Sum(share => share.Count));
            Assert.True(shares.Max(share => share.Count) - shares.Min(share => share.Count) <= 1);
            for (var lane = 0; lane < lanes; lane++)
                Assert.Single(shares, share => share.Contains(lane));
            Assert.All(shares, share => Assert.Equal(share.Count, share.Run(0).Count));
        });
}
