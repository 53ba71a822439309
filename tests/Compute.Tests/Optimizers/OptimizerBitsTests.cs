using Cluster.Compute.Optimizers;
using CsCheck;

namespace Cluster.Compute.Tests.Optimizers;

/// <summary>An update has the same bits one by one or eight at a time, however parameters are cut, and on from any saved state.</summary>
public sealed class OptimizerBitsTests
{
    private static readonly Gen<(Optimizer Optimizer, float[] W, float[][] G, long Examples)> Runs =
        Gen.Select(Gen.Int[0, OptimizerCases.All.Count - 1], Gen.Int[1, 70], Gen.Long[1, 5000], Gen.Float[-3, 3].Array[71],
        Gen.Float[-900, 900].Array[71].Array[1, 6])
            .Select((kind, length, examples, w, g) => (OptimizerCases.All[kind], w[..length], g.Select(values => values[..length]).ToArray(), examples));

    [Fact]
    public void Apply_AnySteps_HaveTheBitsOfTheScalarTwin() => Runs.Sample(run =>
    {
        var (optimizer, w, gradients, examples) = run;
        float[] slots = OptimizerCases.Slots(optimizer, w), scalarSlots = [.. slots];
        float[] scalar = [.. w], next = new float[w.Length];

        for (var step = 0; step < gradients.Length; step++)
        {
            var isFinite = optimizer.Apply(w, next, slots, gradients[step], examples, UpdateTime.AtStep(step));
            var isScalarFinite = optimizer.ApplyScalar(scalar, scalar, scalarSlots, gradients[step], examples, UpdateTime.AtStep(step));
            (w, next) = (next, w);

            Assert.Equal(OptimizerCases.Bits(scalar), OptimizerCases.Bits(w));
            Assert.Equal(OptimizerCases.Bits(scalarSlots), OptimizerCases.Bits(slots));
            Assert.True(isFinite && isScalarFinite);
        }
    });

    [Fact]
    public void Apply_IntoTheGradient_HasTheBitsOfAnApplyElsewhere() => Runs.Sample(run =>
    {
        var (optimizer, w, gradients, examples) = run;
        float[] slots = OptimizerCases.Slots(optimizer, w), ownSlots = [.. slots], next = new float[w.Length], own = [.. gradients[0]];

        optimizer.Apply(w, next, slots, gradients[0], examples);
        optimizer.Apply(w, own, ownSlots, own, examples);

        Assert.Equal(OptimizerCases.Bits(next), OptimizerCases.Bits(own));
        Assert.Equal(OptimizerCases.Bits(slots), OptimizerCases.Bits(ownSlots));
    });

    [Fact]
    public void Apply_RangeCutAnywhere_HasTheBitsOfTheWhole() => Gen.Select(Runs, Gen.Int[0, 70].Array[0, 4]).Sample((run, cuts) =>
    {
        var (optimizer, w, gradients, examples) = run;
        int[] ends = [0, .. cuts.Select(cut => Math.Min(cut, w.Length)).Order(), w.Length];
        float[] whole = [.. w], slots = OptimizerCases.Slots(optimizer, w);
        Steps(optimizer, whole, slots, gradients, examples, 0);

        for (var part = 0; part + 1 < ends.Length; part++)
        {
            var range = ends[part]..ends[part + 1];
            float[] values = w[range], own = OptimizerCases.Slots(optimizer, values);
            Steps(optimizer, values, own, [.. gradients.Select(g => g[range])], examples, 0);

            Assert.Equal(OptimizerCases.Bits(whole.AsSpan(range)), OptimizerCases.Bits(values));
            for (var slot = 0; slot < optimizer.Slots; slot++)
                Assert.Equal(OptimizerCases.Bits(slots.AsSpan(slot * w.Length, w.Length)[range]),
                    OptimizerCases.Bits(own.AsSpan(slot * values.Length, values.Length)));
        }
    });

    [Fact]
    public void Apply_OnFromASavedState_HasTheBitsOfTheRunInOne() => Gen.Select(Runs, Gen.Int[0, 6]).Sample((run, cut) =>
    {
        var (optimizer, w, gradients, examples) = run;
        cut = Math.Min(cut, gradients.Length);
        float[] whole = [.. w], slots = OptimizerCases.Slots(optimizer, w);
        Steps(optimizer, whole, slots, gradients, examples, 0);

        float[] first = [.. w], firstSlots = OptimizerCases.Slots(optimizer, w);
        Steps(optimizer, first, firstSlots, gradients[..cut], examples, 0);
        float[] restored = [.. first], restoredSlots = [.. firstSlots];
        Steps(optimizer, restored, restoredSlots, gradients[cut..], examples, cut);

        Assert.Equal(OptimizerCases.Bits(whole), OptimizerCases.Bits(restored));
        Assert.Equal(OptimizerCases.Bits(slots), OptimizerCases.Bits(restoredSlots));
    });

    private static void Steps(Optimizer optimizer, float[] w, float[] slots, float[][] gradients, long examples, int from)
    {
        for (var step = 0; step < gradients.Length; step++)
            optimizer.Apply(w, w, slots, gradients[step], examples, UpdateTime.AtStep(from + step));
    }
}
