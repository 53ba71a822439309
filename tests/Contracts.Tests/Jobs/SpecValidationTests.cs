using System.Text.Json;
using Cluster.Contracts.Jobs;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class SpecValidationTests
{
    private static readonly ComputationSpec Computation = new()
    {
        Name = "sum-2",
        Arguments = JsonElement.Parse("{}"),
        IndexCount = 10,
        GrainSize = 3,
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(PiSpec.MaxPoints, PiSpec.MaxPoints / 2)]
    [InlineData(long.MaxValue, (long.MaxValue / 2) + 1)]
    public void Blocks_OddPoints_RoundsUp(long points, long blocks) => Assert.Equal(blocks, new PiSpec { Points = points }.Blocks);

    [Theory]
    [InlineData(1, "/gpu:0")]
    [InlineData(PiSpec.MaxPoints, null)]
    public void ValidatePi_WithinLimits_HasNoViolation(long points, string? device) => Assert.Empty(new PiSpec { Points = points, Device = device }.Validate());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(PiSpec.MaxPoints + 1)]
    [InlineData(long.MinValue)]
    public void ValidatePi_PointsOutOfRange_NamesValueAndLimit(long points)
        => Assert.Equal($"points: {points}: must be from 1 to 1000000000000000", Assert.Single(new PiSpec { Points = points }.Validate()).ToString());

    [Fact]
    public void ValidatePi_EverythingWrong_ListsEverything()
    {
        var violations = new PiSpec { Points = 0, Device = "/tpu:0" }.Validate();

        Assert.Equal(["points", "device"], violations.Select(v => v.Field));
        Assert.Equal("/tpu:0", violations[1].Value);
        Assert.Contains("part 'tpu:0' at position 1", violations[1].Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidateComputation_WithinLimits_HasNoViolation() => Assert.Empty(Computation.Validate());

    [Fact]
    public void ValidateComputation_EverythingWrong_ListsEverything()
    {
        var spec = Computation with
        {
            Name = "No Good",
            Arguments = JsonElement.Parse($"\"{new string('a', ComputationSpec.MaxArgumentsLength)}\""),
            IndexCount = 0,
            GrainSize = -5,
            Device = "cpu",
        };

        Assert.Equal(["name", "arguments", "indexCount", "grainSize", "device"], spec.Validate().Select(v => v.Field));
    }

    [Fact]
    public void ValidateComputation_TooManyGrains_NamesTheirNumber()
    {
        var spec = Computation with { IndexCount = ComputationSpec.MaxGrains + 1, GrainSize = 1 };

        Assert.Equal("grains: 2147483649: must be from 1 to 2147483648", Assert.Single(spec.Validate()).ToString());
        Assert.Empty((spec with { GrainSize = 2 }).Validate());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a_b")]
    [InlineData("ä")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234x")]
    public void ValidateComputation_WrongName_IsAViolation(string name)
        => Assert.Equal(("name", name), Assert.Single((Computation with { Name = name }).Validate()) is var v ? (v.Field, v.Value) : default);

    [Fact]
    public void GrainCount_LastGrainPartial_CountsIt() => Assert.Equal(4, Computation.GrainCount);

    [Theory]
    [InlineData("", "f: '': limit")]
    [InlineData("a\nb", "f: a\\u000ab: limit")]
    public void ToString_OddValue_IsOneLine(string value, string expected) => Assert.Equal(expected, new SpecViolation("f", value, "limit").ToString());

    [Fact]
    public void ToString_LongValue_IsCut()
        => Assert.Equal(256 + "f: …: limit".Length, new SpecViolation("f", new string('x', 100_000), "limit").ToString().Length);
}
