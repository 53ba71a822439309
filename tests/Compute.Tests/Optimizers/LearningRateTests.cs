using Cluster.Compute.Optimizers;
using CsCheck;

namespace Cluster.Compute.Tests.Optimizers;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Step)]
    [InlineData(ScheduleKind.Exponential)]
    [InlineData(ScheduleKind.Cosine)]
    public void At_AnyClock_IsTheFormula(ScheduleKind kind) =>
        Gen.Select(Gen.Long[0, 50], Gen.Long[1, 500], Gen.Float[0.05f, 1], Gen.Int[0, 2000]).Sample((warmup, decay, factor, clock) =>
        {
            var rate = new LearningRate(0.3f) { Kind = kind, WarmupSteps = warmup, DecaySteps = decay, DecayFactor = factor };

            Assert.Equal(OptimizerTwin.Rate(rate, clock), rate.At(clock), 1e-13);
        });

    [Fact]
    public void At_Warmup_ReachesTheRateAtItsLastStep()
    {
        var rate = new LearningRate(0.5f) { WarmupSteps = 4 };

        Assert.Equal([0.125, 0.25, 0.375, 0.5, 0.5], Enumerable.Range(0, 5).Select(clock => rate.At(clock)));
    }

    [Fact]
    public void At_StepSchedule_HalvesAtItsSteps()
    {
        var rate = new LearningRate(1) { Kind = ScheduleKind.Step, DecaySteps = 3, DecayFactor = 0.5f };

        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25], Enumerable.Range(0, 7).Select(clock => rate.At(clock)));
    }

    [Fact]
    public void At_CosineBehindItsEnd_StaysAtItsFloor()
    {
        var rate = new LearningRate(1) { Kind = ScheduleKind.Cosine, DecaySteps = 10, DecayFactor = 0.25f };

        Assert.Equal([1, 0.625, 0.25, 0.25], ((long[])[0, 5, 10, long.MaxValue]).Select(clock => Math.Round(rate.At(clock), 15)));
    }

    [Fact]
    public void New_SettingOutOfItsRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate(1) { WarmupSteps = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate(1) { DecaySteps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate(1) { DecayFactor = 1.5f });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate(1) { DecayFactor = float.NaN });
    }
}
