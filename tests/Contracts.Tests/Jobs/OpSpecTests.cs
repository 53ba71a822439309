using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class OpSpecTests
{
    [Theory]
    [InlineData("add", "3", "3")]
    [InlineData("multiply", "2,2", "2,2")]
    [InlineData("matmul", "2,3", "3,4")]
    [InlineData("reduce-sum", "2,3", null)]
    [InlineData("add", "", "")]
    public void Validate_ShapesThatFit_HasNoViolation(string name, string a, string? b) => Assert.Empty(Spec(name, a, b).Validate());

    [Theory]
    [InlineData("add", "3", "1,3", "shapes [3] and [1,3] differ; add needs equal ones")]
    [InlineData("multiply", "2,2", "4", "shapes [2,2] and [4] differ; multiply needs equal ones")]
    [InlineData("matmul", "2,3", "2,3", "shapes [2,3] and [2,3] do not fit; matmul needs [m,k] and [k,n]")]
    [InlineData("matmul", "3", "3,1", "shapes [3] and [3,1] do not fit; matmul needs [m,k] and [k,n]")]
    [InlineData("matmul", "200,1", "1,100", "shapes [200,1] and [1,100] give [200,100], 20000 elements; at most 16384 are allowed")]
    [InlineData("add", "3", null, "is missing; add takes two operands")]
    [InlineData("reduce-sum", "3", "3", "cannot be given; reduce-sum takes one operand")]
    [InlineData("reduce-sum", "16385", null, "has shape [16385], 16385 elements; at most 16384 are allowed")]
    [InlineData("divide", "3", "3", "must be add or multiply or matmul or reduce-sum")]
    public void Validate_Wrong_SaysWhatWouldBeRight(string name, string a, string? b, string limit)
        => Assert.Equal(limit, Assert.Single(Spec(name, a, b).Validate()).Limit);

    [Fact]
    public void Validate_ShapeThatOverflows_IsTooLarge()
        => Assert.Contains("at most 16384", new FloatTensor([int.MaxValue, int.MaxValue, int.MaxValue], []).Problem(), StringComparison.Ordinal);

    [Fact]
    public void Validate_NotFiniteOrTooFewValues_IsNamed()
    {
        Assert.Equal("must have finite values", new FloatTensor([1], [float.NaN]).Problem());
        Assert.Equal("has shape [2], 2 elements, and 1 values", new FloatTensor([2], [1]).Problem());
    }

    [Fact]
    public void TryToSpec_OpFromItsMessageAndItsRecord_IsTheSame()
    {
        var spec = Spec("matmul", "2,3", "3,4") with { Device = "/gpu:0", SoftPlacement = true };
        Assert.True(spec.ToProto().TryToSpec(out var read, out _));
        Assert.Equal(JsonSerializer.Serialize(spec, SpecJson.Options), JsonSerializer.Serialize(read, SpecJson.Options));
        var recorded = JsonSerializer.Deserialize<OpSpec>(JsonSerializer.Serialize(spec, SpecJson.Options), SpecJson.Options)!;
        Assert.Equal(spec.A.Values, recorded.A.Values);
        Assert.Equal(spec.B!.Shape, recorded.B!.Shape);
    }

    private static OpSpec Spec(string name, string a, string? b) => new() { Name = name, A = Tensor(a), B = b is null ? null : Tensor(b) };

    private static FloatTensor Tensor(string shape)
    {
        var lengths = shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
        return new FloatTensor(lengths, [.. Enumerable.Range(0, (int)FloatTensor.ElementsOf(lengths)).Select(i => i / 3f)]);
    }
}
