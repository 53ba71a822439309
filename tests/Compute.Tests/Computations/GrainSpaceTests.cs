using Cluster.Compute.Computations;
using CsCheck;

namespace Cluster.Compute.Tests.Computations;

public sealed class GrainSpaceTests
{
    [Fact]
    public void Grain_AllOfThem_TileTheIndexSpace() =>
        Gen.Select(Gen.Long[1, 2000], Gen.Long[1, 300]).Sample((indices, size) =>
        {
            var space = new GrainSpace(indices, size);

            var next = 0L;
            for (var grain = 0L; grain < space.GrainCount; grain++)
            {
                var (from, to) = space.Grain(grain);
                Assert.Equal(next, from);
                Assert.InRange(to - from, 1, size);
                next = to;
            }

            Assert.Equal(indices, next);
        });

    [Fact]
    public void Grain_LastOfTheLargestSpace_DoesNotOverflow()
    {
        var space = new GrainSpace(long.MaxValue, 1 << 20);

        Assert.Equal(long.MaxValue, space.Grain(space.GrainCount - 1).To);
    }

    [Theory]
    [InlineData(0, 1, "IndexCount")]
    [InlineData(1, 0, "GrainSize")]
    [InlineData(-5, 1, "IndexCount")]
    public void Constructor_BelowOne_NamesTheValue(long indices, long size, string name)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new GrainSpace(indices, size));

        Assert.Equal(name, error.ParamName);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Grain_Outside_Throws(long grain) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GrainSpace(11, 4).Grain(grain));
}
