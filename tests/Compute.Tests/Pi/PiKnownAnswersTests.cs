using Cluster.Compute.Computations;
using Cluster.Compute.Pi;
using Cluster.Contracts.Jobs;

namespace Cluster.Compute.Tests.Pi;

public sealed class PiKnownAnswersTests
{
    public static TheoryData<ulong, long, ulong> KnownAnswers => new()
    {
        { 42, 1000, 1572 },
        { 42, 1 << 20, 1647312 },
        { 42, 1 << 23, 13175839 },
        { 0, 1 << 20, 1646914 },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void CountInside_Reference_IsKnownAnswer(ulong seed, long blocks, ulong inside) =>
        Assert.Equal(inside, PhiloxPiReference.CountInside(0, blocks, seed));

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void CountInside_Kernel_IsKnownAnswer(ulong seed, long blocks, ulong inside) =>
        Assert.Equal(inside, PhiloxPiKernel.CountInside(0, blocks, seed));

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Compute_AnyGrainsItemsAndCores_IsKnownAnswer(ulong seed, long blocks, ulong inside)
    {
        foreach (var (grainSize, grainsAnItem, cores) in new[] { (PiSpec.GrainBlocks, 1, 1), (997L, 64, 2), (100_003L, 3, 5) })
        {
            var computation = new PiComputation().Bind(Json.Parse($$"""{"seed": {{seed}}}"""));
            var space = new GrainSpace(blocks, grainSize);
            var fold = new GrainFold(computation, space);
            while (fold.NextGrain < space.GrainCount)
            {
                var item = new GrainRange(fold.NextGrain, Math.Min(space.GrainCount, fold.NextGrain + grainsAnItem));
                fold.Add(item, RangeComputer.Compute(
                    computation, space, item, cores, TestContext.Current.CancellationToken));
            }

            var result = computation.Result(fold.Total(), space);

            Assert.Equal(inside, result.GetProperty("inside").GetUInt64());
            Assert.Equal(2 * blocks, result.GetProperty("points").GetInt64());
        }
    }
}
