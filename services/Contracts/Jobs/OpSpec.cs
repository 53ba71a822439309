using System.Text.Json.Serialization;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Tensors;

namespace Cluster.Contracts.Jobs;

/// <summary>One op on float32 tensors: add, multiply, matmul or reduce-sum.</summary>
public sealed record OpSpec
{
    /// <summary>One of <see cref="TensorOps.Names"/>.</summary>
    public required string Name { get; init; }

    /// <summary>First operand, at most <see cref="FloatTensor.MaxElements"/> elements.</summary>
    public required FloatTensor A { get; init; }

    /// <summary>Second operand; null for reduce-sum.</summary>
    public FloatTensor? B { get; init; }

    /// <summary>Device spec that the op must be placed on, or null for a GPU where there is one, else a CPU.</summary>
    public string? Device { get; init; }

    /// <summary>Record which device ran it.</summary>
    public bool LogDevicePlacement { get; init; }

    /// <summary>Run on a CPU where no live device matches, instead of waiting for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SoftPlacement { get; init; }

    /// <summary>Everything that is wrong; a misfit of shapes names both.</summary>
    public IReadOnlyList<SpecViolation> Validate()
    {
        var violations = new List<SpecViolation>();
        var isKnown = TensorOps.Names.Contains(Name);
        if (!isKnown) violations.Add(new SpecViolation("name", Name, $"must be {string.Join(" or ", TensorOps.Names)}"));
        if (A.Problem() is { } a) violations.Add(new SpecViolation("a", A.ShapeText, a));
        if (B?.Problem() is { } b) violations.Add(new SpecViolation("b", B.ShapeText, b));
        if (isKnown && TensorOps.IsBinary(Name) && B is null) violations.Add(new SpecViolation("b", "", $"is missing; {Name} takes two operands"));
        if (isKnown && !TensorOps.IsBinary(Name) && B is not null)
            violations.Add(new SpecViolation("b", B.ShapeText, $"cannot be given; {Name} takes one operand"));
        if (violations.Count == 0 && TensorOps.ResultShape(Name, A.Shape, B?.Shape ?? [], out var misfit) is null)
            violations.Add(new SpecViolation(B is null ? "a" : "b", (B ?? A).ShapeText, misfit));
        if (!DeviceSpec.TryParse(Device, out _, out var error)) violations.Add(new SpecViolation("device", Device!, error));
        return violations;
    }
}
