using Cluster.Protocol.Optimizers;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class OptimizerTests
{
    private static readonly Gen<(Optimizer Optimizer, float[] W, float[] G, long Examples)> Steps =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 70], Gen.Long[1, 5000], Gen.Float[-3, 3].Array[140])
            .Select((kind, length, examples, values) => (Create(kind), values[..length], values[70..(70 + length)], examples));

    private static Optimizer Create(int kind) => kind switch
    {
        0 => new Sgd(0.3f),
        1 => new Sgd(1, GradientScale.Sum),
        2 => new Adagrad(0.8f),
        _ => new Adagrad(0.05f, 0.01f, GradientScale.Sum),
    };

    [Fact]
    public void Apply_AnyStep_HasTheBitsOfTheScalarTwin() => Steps.Sample(step =>
    {
        (Optimizer optimizer, float[] w, float[] g, long examples) = step;
        float[] slot = Slot(optimizer, w.Length), scalarSlot = Slot(optimizer, w.Length);
        float[] next = new float[w.Length], scalarNext = new float[w.Length];

        bool finite = optimizer.Apply(w, next, slot, g, examples);
        bool scalarFinite = optimizer.ApplyScalar(w, scalarNext, scalarSlot, g, examples);

        Assert.Equal(Bits(scalarNext), Bits(next));
        Assert.Equal(Bits(scalarSlot), Bits(slot));
        Assert.True(finite && scalarFinite);
    });

    [Fact]
    public void Apply_RangeCutAnywhere_HasTheBitsOfTheWhole() => Gen.Select(Steps, Gen.Int[0, 70]).Sample((step, cut) =>
    {
        (Optimizer optimizer, float[] w, float[] g, long examples) = step;
        cut = Math.Min(cut, w.Length);
        float[] whole = [.. w], slot = Slot(optimizer, w.Length), left = w[..cut], right = w[cut..];

        optimizer.Apply(whole, whole, slot, g, examples);
        optimizer.Apply(left, left, Slot(optimizer, cut), g.AsSpan(0, cut), examples);
        optimizer.Apply(right, right, Slot(optimizer, w.Length - cut), g.AsSpan(cut), examples);

        Assert.Equal(Bits(whole), Bits([.. left, .. right]));
    });

    [Fact]
    public void Apply_TenAdagradSteps_FollowTheFormulaInDouble()
    {
        var optimizer = new Adagrad(0.8f);
        float[] w = [-1f, 2f], slot = Slot(optimizer, 2);
        double[] expected = [-1, 2], a = [0.1, 0.1];

        for (int step = 1; step <= 10; step++)
        {
            float[] sum = [step * 1.5f, -2f / step];
            optimizer.Apply(w, w, slot, sum, 4);
            for (int i = 0; i < 2; i++)
            {
                double g = sum[i] / 4.0;
                a[i] += g * g;
                expected[i] -= 0.8 * g / Math.Sqrt(a[i]);
            }
        }

        Assert.Equal(expected[0], w[0], 1e-5);
        Assert.Equal(expected[1], w[1], 1e-5);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e38f)]
    public void Apply_OverflowAtAnyPlace_IsSeen(float bad)
    {
        for (int kind = 0; kind < 4; kind++)
        {
            for (int place = 0; place < 21; place++)
            {
                float[] g = new float[21], w = new float[21];
                (g[place], w[place]) = (bad, kind < 2 ? -3e38f : 0);
                Optimizer optimizer = kind < 2 ? new Sgd(2, GradientScale.Sum) : Create(3);

                Assert.False(optimizer.Apply(w, w, Slot(optimizer, 21), g, 1));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void New_RateNotAboveZero_Throws(float rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adagrad(0.1f, rate));
    }

    private static float[] Slot(Optimizer optimizer, int length)
    {
        var slot = new float[length * optimizer.Slots];
        slot.AsSpan().Fill(optimizer.InitialSlot);
        return slot;
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
