using Cluster.Contracts.Jobs;
using CsCheck;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class ItemPlacementTests
{
    private static readonly ComputationSpec Spec = new()
    {
        Name = "sum",
        Arguments = System.Text.Json.JsonElement.Parse("{}"),
        IndexCount = 100,
        GrainSize = 7,
    };

    [Fact]
    public void ByItem_AnySpace_CoversItInOrderAtWholeGrainsWithOneDeviceAnItem()
        => Gen.Select(Gen.Long[1, 100_000], Gen.Long[1, 500], Gen.Int[1, ItemPlacement.MaxParts]).Sample((indices, grain, items) =>
        {
            var asked = 0;
            var placement = ItemPlacement.ByItem(indices, grain, items, item =>
            {
                Assert.Equal(asked++, item);
                return $"/gpu:{item}";
            });
            Assert.Equal(Math.Min(items, ((indices - 1) / grain) + 1), asked);
            Assert.Equal(asked, placement.Parts.Count);
            Assert.Equal((0, indices), (placement.Parts[0].From, placement.Parts[^1].To));
            Assert.Empty((Spec with { IndexCount = indices, GrainSize = grain, Placement = placement }).Validate());
        });

    [Fact]
    public void ByItem_NeighboursOnOneDevice_AreOnePart()
    {
        var placed = Spec.PlacedByItem(15, item => item < 10 ? "/gpu:0" : null);
        Assert.Equal([new PlacedPart(0, 70, "/gpu:0"), new PlacedPart(70, 100, "")], placed.Placement!.Parts);
        Assert.Empty(placed.Validate());
    }

    [Fact]
    public void ByItem_FunctionGivesNoDevice_NamesItemAndPart()
    {
        var error = Assert.Throws<FormatException>(() => Spec.PlacedByItem(4, item => item == 2 ? "/tpu:0" : "/cpu:0"));
        Assert.StartsWith("item 2: device spec '/tpu:0': part 'tpu:0'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 101, "/cpu:0", "within [0, 100)")]
    [InlineData(7, 7, "/cpu:0", "part [7, 7) on /cpu:0: must lie behind")]
    [InlineData(-7, 7, "/cpu:0", "must lie behind")]
    [InlineData(3, 7, "/cpu:0", "multiple of the grain size, 7")]
    [InlineData(0, 8, "/cpu:0", "multiple of the grain size, 7")]
    [InlineData(0, 7, "/cpu:x", "device index 'x'")]
    public void Validate_WrongPart_IsNamed(long from, long to, string device, string expected)
    {
        var violation = Assert.Single((Spec with { Placement = new ItemPlacement { Parts = [new PlacedPart(from, to, device)] } }).Validate());
        Assert.Equal("placement", violation.Field);
        Assert.Contains(expected, violation.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TooManyParts_NamesTheLimit()
    {
        var parts = Enumerable.Range(0, ItemPlacement.MaxParts + 1).Select(i => new PlacedPart(i, i + 1, "/cpu:0")).ToList();
        var violation = Assert.Single((Spec with { IndexCount = 10_000, GrainSize = 1, Placement = new ItemPlacement { Parts = parts } }).Validate());
        Assert.Contains("1 to 1024 parts; it has 1025", violation.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void TryToSpec_PlacedSpecFromItsMessage_IsTheSame()
    {
        var spec = new PiSpec { Points = 1L << 30, SoftPlacement = true }.PlacedByItem(8, item => $"/task:{item}");
        Assert.True(spec.ToProto().TryToSpec(out var read, out _));
        Assert.Equal(spec, read);
        Assert.Equal(spec, System.Text.Json.JsonSerializer.Deserialize<PiSpec>(System.Text.Json.JsonSerializer.Serialize(spec, SpecJson.Options),
            SpecJson.Options));
    }
}
