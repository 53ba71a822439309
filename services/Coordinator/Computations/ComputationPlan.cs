using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Ops;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Computations;

/// <summary>A job as the scheduler sees it: a named computation over grains, and how people count its work.</summary>
internal sealed record ComputationPlan
{
    public required string Computation { get; init; }

    public required JsonElement Arguments { get; init; }

    public required GrainSpace Space { get; init; }

    /// <summary>The space by where its items go, in order.</summary>
    public required IReadOnlyList<PlacedGrains> Parts { get; init; }

    /// <summary>Run on a CPU where no live device matches.</summary>
    public bool SoftPlacement { get; init; }

    /// <summary>What people count, and how many of it an index is.</summary>
    public required (string Name, long PerIndex) Unit { get; init; }

    public long TotalUnits => Space.IndexCount * Unit.PerIndex;

    /// <summary>Units in a number of recorded grains; the last grain may be short, which shows only at the end.</summary>
    public long Units(long grains)
        => grains >= Space.GrainCount ? TotalUnits : Math.Min(grains * Space.GrainSize, Space.IndexCount) * Unit.PerIndex;

    public static ComputationPlan For(JobRecord job) => job.Kind switch
    {
        JobKinds.Pi => For(Read<PiSpec>(job)),
        JobKinds.Computation => For(Read<ComputationSpec>(job)),
        JobKinds.Op => For(Read<OpSpec>(job)),
        _ => throw new NotSupportedException($"job {job.Id} is of kind '{job.Kind}', which this coordinator does not run"),
    };

    private static ComputationPlan For(PiSpec spec) => new()
    {
        Computation = "pi",
        Arguments = JsonSerializer.SerializeToElement(new { seed = spec.Seed }),
        Space = new GrainSpace(spec.Blocks, PiSpec.GrainBlocks),
        Parts = Place(new GrainSpace(spec.Blocks, PiSpec.GrainBlocks), spec.Device, spec.Placement),
        SoftPlacement = spec.SoftPlacement,
        Unit = ("points", PiComputation.PointsPerBlock),
    };

    private static ComputationPlan For(ComputationSpec spec) => new()
    {
        Computation = spec.Name,
        Arguments = spec.Arguments,
        Space = new GrainSpace(spec.IndexCount, spec.GrainSize),
        Parts = Place(new GrainSpace(spec.IndexCount, spec.GrainSize), spec.Device, spec.Placement),
        SoftPlacement = spec.SoftPlacement,
        Unit = spec.Name == PriceComputation.ComputationName ? ("paths", PriceComputation.PathsPerIndex) : ("indices", 1),
    };

    private static ComputationPlan For(OpSpec spec) => new()
    {
        Computation = OpComputation.ComputationName,
        Arguments = JsonSerializer.SerializeToElement(new { spec.Name, spec.A, spec.B }, JsonSerializerOptions.Web),
        Space = new GrainSpace(1, 1),
        Parts = Place(new GrainSpace(1, 1), spec.Device, placement: null),
        SoftPlacement = spec.SoftPlacement,
        Unit = ("ops", 1),
    };

    private static IReadOnlyList<PlacedGrains> Place(GrainSpace space, string? device, ItemPlacement? placement)
        => PlacedGrains.Of(space.GrainCount, space.GrainSize, DeviceSpec.Parse(device ?? ""), placement);

    private static T Read<T>(JobRecord job) => JsonSerializer.Deserialize<T>(job.Spec, SpecJson.Options)!;
}
