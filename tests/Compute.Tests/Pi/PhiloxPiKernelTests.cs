using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cluster.Compute.Philox;
using Cluster.Compute.Pi;
using Cluster.Compute.Threads;
using CsCheck;

namespace Cluster.Compute.Tests.Pi;

public sealed class PhiloxPiKernelTests
{
    /// <summary>Anywhere, and around the multiples of 2³², where the high counter word changes.</summary>
    private static readonly Gen<long> Start = Gen.OneOf(
        Gen.Long[0, 1000],
        Gen.Long[0, long.MaxValue - 2000],
        Gen.Select(Gen.Long[1, int.MaxValue], Gen.Long[-1000, 1000], (high, offset) => (high << 32) + offset));

    private static readonly VectorWidth[] Widths = Avx512F.IsSupported
        ? [VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512]
        : [VectorWidth.Bits128, VectorWidth.Bits256];

    [Fact]
    public void CountInside_AnyRangeSeedAndWidth_IsTheReference() =>
        Gen.Select(Start, Gen.Long[0, 2000], Gen.ULong).Sample((from, length, seed) =>
        {
            var expected = PhiloxPiReference.CountInside(from, from + length, seed);
            Assert.All(Widths, width => Assert.Equal(expected, PhiloxPiKernel.CountInside(from, from + length, seed, width)));
        });

    [Fact]
    public void CountInside_TinyRangesAcrossABoundary_IsTheReference()
    {
        for (var before = 0L; before <= 18; before++)
        {
            for (var after = 0L; after <= 18; after++)
            {
                var (from, to) = ((1L << 32) - before, (1L << 32) + after);
                var expected = PhiloxPiReference.CountInside(from, to, 42);
                Assert.All(Widths, width => Assert.Equal(expected, PhiloxPiKernel.CountInside(from, to, 42, width)));
            }
        }
    }

    [Fact]
    public void CountInside_UpToTheLastIndex_IsTheReference() =>
        Assert.Equal(
            PhiloxPiReference.CountInside(long.MaxValue - 1001, long.MaxValue, 3),
            PhiloxPiKernel.CountInside(long.MaxValue - 1001, long.MaxValue, 3));

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void CountInside_NotARange_Throws(long from, long to)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PhiloxPiKernel.CountInside(from, to, 42));
        Assert.Throws<ArgumentOutOfRangeException>(() => PhiloxPiReference.CountInside(from, to, 42));
    }

    [Fact]
    public void Misses_NearTheCircleWithGarbageInUpperHalves_IsTheCarryOf128Bits()
    {
        Gen.Select(Gen.UInt, Gen.Int[-3, 3], Gen.ULong, Gen.ULong).Sample((x, offset, upperX, upperY) =>
        {
            var y = (uint)Math.Clamp(Math.Floor(Math.Sqrt(Math.Pow(2, 64) - (double)x * x)) + offset, 0, uint.MaxValue);
            var expected = (UInt128)x * x + (UInt128)y * y >> 64;

            var misses = PhiloxPiKernel.Misses(Words256.Create(upperX << 32 | x), Words256.Create(upperY << 32 | y));

            Assert.Equal(Vector256.Create((ulong)expected), misses.Vector);
        });
    }
}
