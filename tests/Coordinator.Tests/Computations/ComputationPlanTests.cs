using Cluster.Contracts.Devices;
using Cluster.Coordinator.Computations;
using CsCheck;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class ComputationPlanTests
{
    [Fact]
    public void For_Pi_CountsPointsInBlocksOfTwo()
    {
        var plan = ComputationPlan.For(TestJobs.Running("j") with { Spec = """{"points":2001,"seed":18446744073709551615,"device":"/cpu:0"}""" });
        Assert.Equal(("pi", 1001L, 2002L, "points"), (plan.Computation, plan.Space.IndexCount, plan.TotalUnits, plan.Unit.Name));
        Assert.Equal(ulong.MaxValue, plan.Arguments.GetProperty("seed").GetUInt64());
        Assert.Equal(new PlacedGrains(0, 0, 1, DeviceSpec.Parse("/cpu:0")), Assert.Single(plan.Parts));
    }

    [Fact]
    public void For_Computation_TakesSpaceAndArgumentsAsTheyAre()
    {
        var plan = ComputationPlan.For(TestJobs.Running("j") with
        {
            Kind = "computation",
            Spec = """{"name":"primes","arguments":{"a":[1,2]},"indexCount":10,"grainSize":3}""",
        });
        Assert.Equal(("primes", """{"a":[1,2]}""", 4L, 10L), (plan.Computation, plan.Arguments.GetRawText(), plan.Space.GrainCount, plan.TotalUnits));
        Assert.Equal(new PlacedGrains(0, 0, 4, DeviceSpec.Any), Assert.Single(plan.Parts));
    }

    [Fact]
    public void For_Placement_CoversTheGrainsInOrderWithTheInnerDeviceWithinTheOuter()
    {
        var plan = ComputationPlan.For(TestJobs.Running("j") with
        {
            Kind = "computation",
            Spec = """
                {"name":"primes","arguments":{},"indexCount":100,"grainSize":3,"device":"/job:worker/task:1","softPlacement":true,
                 "placement":{"parts":[{"from":0,"to":30,"device":"/gpu:0"},{"from":60,"to":100,"device":"/task:2/cpu:0"}]}}
                """,
        });
        Assert.True(plan.SoftPlacement);
        Assert.Equal(
            ["0-10 /job:worker/task:1/device:GPU:0", "10-20 /job:worker/task:1", "20-34 /job:worker/task:2/device:CPU:0"],
            plan.Parts.Select(p => $"{p.From}-{p.To} {p.Device}"));
    }

    [Fact]
    public void For_KindOfAnotherVersion_NamesJobAndKind()
    {
        var error = Assert.Throws<NotSupportedException>(() => ComputationPlan.For(TestJobs.Running("j-1") with { Kind = "weaving" }));
        Assert.Contains("j-1", error.Message, StringComparison.Ordinal);
        Assert.Contains("'weaving'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Units_AnyNumberOfGrains_GrowsToExactlyTheTotal()
        => Gen.Select(Gen.Long[1, 1_000_000], Gen.Long[1, 5000]).Sample((indices, grain) =>
        {
            var plan = ComputationPlan.For(TestJobs.Running("j") with
            {
                Kind = "computation",
                Spec = $$"""{"name":"x","arguments":{},"indexCount":{{indices}},"grainSize":{{grain}}}""",
            });
            Assert.Equal(0, plan.Units(0));
            Assert.Equal(indices, plan.Units(plan.Space.GrainCount));
            Assert.InRange(plan.Units(plan.Space.GrainCount - 1), 0, indices - 1);
        });
}
