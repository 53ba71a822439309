using Cluster.Compute.Optimizers;

namespace Cluster.Compute.Tests.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<int> Numbers => OptimizerCases.Numbers;

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Apply_ThousandSteps_FollowTheFormulaInDouble(int number)
    {
        var optimizer = OptimizerCases.All[number];
        const int Length = 21, Examples = 4;
        var random = new Random(number);
        float[] w = [.. Enumerable.Range(0, Length).Select(i => i % 5 == 0 ? 0 : (random.NextSingle() * 4) - 2)];
        float[] slots = OptimizerCases.Slots(optimizer, w), sum = new float[Length];
        OptimizerTwin[] twins = [.. w.Select(start => new OptimizerTwin(optimizer, start))];
        double divisor = optimizer.Scale == GradientScale.Mean ? Examples : 1;

        for (var step = 0; step < 1000; step++)
        {
            // A bowl of another curvature in each parameter, and noise.
            for (var i = 0; i < Length; i++)
                sum[i] = (float)(divisor * ((0.05 + (i / 40.0)) * (w[i] - 1) + (random.NextDouble() - 0.5)));
            Assert.True(optimizer.Apply(w, w, slots, sum, Examples, UpdateTime.AtStep(step)));
            for (var i = 0; i < Length; i++)
            {
                twins[i].Step(sum[i] / divisor, step);
                Assert.Equal(twins[i].W, w[i], 2e-4);
            }
        }

        Assert.Contains(twins, twin => Math.Abs(twin.W) > 0.1);
    }

    [Fact]
    public void Apply_FtrlWithL1_GivesExactZerosWhereTheGradientIsNoise()
    {
        var optimizer = new Ftrl(0.5f, new FtrlSettings(L1: 20));
        var random = new Random(1);
        float[] w = new float[40], slots = OptimizerCases.Slots(optimizer, w), g = new float[40];

        for (var step = 0; step < 1000; step++)
        {
            for (var i = 0; i < g.Length; i++)
                g[i] = (i < 20 ? w[i] - (i % 2 == 0 ? 2 : -2) : 0) + ((random.NextSingle() - 0.5f) * 0.2f);
            optimizer.Apply(w, w, slots, g, 1, UpdateTime.AtStep(step));
        }

        Assert.All(w[20..], value => Assert.Equal(0, BitConverter.SingleToInt32Bits(value)));
        Assert.All(w[..20], value => Assert.InRange(Math.Abs(value), 1.5f, 2.2f));
    }

    [Fact]
    public void Initialise_FtrlFromAnyStart_KeepsIt()
    {
        var optimizer = new Ftrl(0.1f, new FtrlSettings(L1: 0.3f, L2: 0.2f));
        float[] start = [-1.5f, 0, 0.25f, 1e-3f, 3], w = [.. start], slots = OptimizerCases.Slots(optimizer, w);

        optimizer.Apply(w, w, slots, new float[5], 1);

        for (var i = 0; i < start.Length; i++)
            Assert.Equal(start[i], w[i], 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Apply_NotFiniteAtAnyPlace_IsSeen(int number)
    {
        var optimizer = OptimizerCases.All[number];
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (var place = 0; place < 21; place++)
            {
                float[] g = new float[21], w = new float[21], slots = OptimizerCases.Slots(optimizer, w);
                g[place] = bad;

                Assert.False(optimizer.Apply(w, w, slots, g, 1));
            }
        }
    }

    [Fact]
    public void Apply_SlotOverflows_IsSeenAtAnyPlace()
    {
        for (var place = 0; place < 21; place++)
        {
            float[] g = new float[21], w = new float[21];
            g[place] = 3e38f;

            Assert.False(new Adagrad(0.1f).Apply(w, [.. w], OptimizerCases.Slots(new Adagrad(0.1f), w), g, 1));
            Assert.False(new Adam(0.1f).Apply(w, [.. w], OptimizerCases.Slots(new Adam(0.1f), w), g, 1));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void New_SettingOutOfItsRange_Throws(float value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adagrad(0.1f, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Momentum(0.1f, value == 0 ? 1 : value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(0.1f, new AdamSettings(Beta1: value == 0 ? 1 : value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(0.1f, new AdamSettings(Beta2: value == 0 ? 1 : value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(0.1f, new AdamSettings(Epsilon: value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ftrl(0.1f, new FtrlSettings(Beta: value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ftrl(0.1f, new FtrlSettings(L1: value == 0 ? -1 : value)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(0.1f) { L2 = value == 0 ? -1 : value });
    }

    [Fact]
    public void New_FtrlWithASchedule_Throws() =>
        Assert.Throws<ArgumentException>(() => new Ftrl(new LearningRate(0.1f) { WarmupSteps = 1 }));

    [Fact]
    public void Apply_SlotsOfAnotherLength_Throws() =>
        Assert.Throws<ArgumentException>(() => new Adam(0.1f).Apply(new float[3], new float[3], new float[3], new float[3], 1));
}
