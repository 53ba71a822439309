using Cluster.Compute.Computations;
using CsCheck;

namespace Cluster.Compute.Tests.Computations;

public sealed class GrainFoldTests
{
    private const ulong Seed = 7;
    private static readonly IBoundComputation Sum = new OrderedSum().Bind(Json.Parse($"{Seed}"));

    private static readonly Gen<(GrainSpace Space, GrainRange[] Items, int Cores)> Cut =
        from indices in Gen.Long[1, 600]
        from grainSize in Gen.Long[1, 5]
        let space = new GrainSpace(indices, grainSize)
        from cuts in Gen.Long[0, space.GrainCount].Array[0, 12]
        from cores in Gen.Int[1, 3]
        select (space, Items(cuts, space.GrainCount), cores);

    [Fact]
    public void Total_OfOneRange_IsTheRecursiveTree() =>
        Gen.Select(Gen.Long[1, 3000], Gen.Long[1, 40]).Sample((indices, grainSize) =>
        {
            var space = new GrainSpace(indices, grainSize);

            Assert.Equal(Bits(OrderedSum.Oracle(space, Seed)), Total(space, [new GrainRange(0, space.GrainCount)], 1));
        });

    [Fact]
    public void Total_OfAnyCutIntoItems_HasTheSameBits() =>
        Cut.Sample(cut => Assert.Equal(
            Bits(OrderedSum.Oracle(cut.Space, Seed)), Total(cut.Space, cut.Items, cut.Cores)));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 5)]
    [InlineData(4, 6)]
    public void Add_GapOrOverlap_NamesTheNextGrainAndFoldsNothing(long from, long to)
    {
        var space = new GrainSpace(8, 1);
        var fold = new GrainFold(Sum, space);
        fold.Add(new GrainRange(0, 3), Payload(space, new GrainRange(0, 3)));

        var error = Assert.Throws<ArgumentException>(
            () => fold.Add(new GrainRange(from, to), Payload(space, new GrainRange(from, to))));

        Assert.Contains("grain 3 is next", error.Message, StringComparison.Ordinal);
        fold.Add(new GrainRange(3, 8), Payload(space, new GrainRange(3, 8)));
        Assert.Equal(Bits(OrderedSum.Oracle(space, Seed)), fold.Total());
    }

    [Fact]
    public void Add_PayloadOfAnotherSize_NamesBothSizes()
    {
        var fold = new GrainFold(Sum, new GrainSpace(8, 1));

        var error = Assert.Throws<ArgumentException>(() => fold.Add(new GrainRange(0, 3), new byte[12]));

        Assert.Contains("12 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 nodes of 4 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_BeyondTheSpace_NamesTheLimit()
    {
        var fold = new GrainFold(Sum, new GrainSpace(8, 1));

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => fold.Add(new GrainRange(0, 9), new byte[8]));

        Assert.Contains("To <= 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Total_GrainsMissing_NamesTheNextGrain()
    {
        var space = new GrainSpace(8, 1);
        var fold = new GrainFold(Sum, space);
        fold.Add(new GrainRange(0, 7), Payload(space, new GrainRange(0, 7)));

        var error = Assert.Throws<InvalidOperationException>(() => fold.Total());

        Assert.Contains("Grain 7 is next", error.Message, StringComparison.Ordinal);
    }

    private static GrainRange[] Items(long[] cuts, long grains)
    {
        long[] bounds = [.. cuts.Append(0).Append(grains).Distinct().Order()];
        return [.. bounds.Zip(bounds.Skip(1), (from, to) => new GrainRange(from, to))];
    }

    private static byte[] Total(GrainSpace space, GrainRange[] items, int cores)
    {
        var fold = new GrainFold(Sum, space);
        foreach (var item in items)
            fold.Add(item, Payload(space, item, cores));
        return fold.Total();
    }

    private static byte[] Payload(GrainSpace space, GrainRange range, int cores = 1) =>
        RangeComputer.Compute(Sum, space, range, cores, TestContext.Current.CancellationToken);

    private static byte[] Bits(float value) => BitConverter.GetBytes(value);
}
