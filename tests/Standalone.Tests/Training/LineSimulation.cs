using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;

namespace Cluster.Standalone.Tests.Training;

/// <summary>A synchronous job on the example of a line, one example after the other in one loop: float32 as the definition says,
/// nothing of the cluster.</summary>
internal static class LineSimulation
{
    /// <summary>What the parameters and the slots are after the last clock, or the first clock at which something is not finite.</summary>
    public sealed record Outcome(float Weight, float Bias, long? DivergedAt)
    {
        public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>([Weight, Bias])));
    }

    private sealed record Sum(float Weight, float Bias, int Examples);

    public static Outcome Run(TrainingSpec spec)
    {
        var (w, b) = (spec.StartWeight ?? -1, spec.StartBias ?? -2);
        var (slotW, slotB) = (spec.InitialAccumulator, spec.InitialAccumulator);
        var line = LineExample.Create(spec.Seed);
        for (long clock = 0; clock < Clocks(spec); clock++)
        {
            var (weight, bias) = (w, b);
            var step = Tree(0, spec.Lanes, lane => Lane(spec, line, clock, lane, weight, bias))!;
            w = Update(spec, w, ref slotW, step.Weight / step.Examples);
            b = Update(spec, b, ref slotB, step.Bias / step.Examples);
            if (!float.IsFinite(w) || !float.IsFinite(b)) return new Outcome(w, b, clock);
        }

        return new Outcome(w, b, null);
    }

    /// <summary>Gradient descent on all points at once, in double precision.</summary>
    public static (double Weight, double Bias) FullBatchDescent(TrainingSpec spec)
    {
        var (w, b) = (-1.0, -2.0);
        var line = LineExample.Create(spec.Seed);
        for (var epoch = 0; epoch < spec.Epochs; epoch++)
        {
            var (gradientW, gradientB) = (0.0, 0.0);
            for (long row = 0; row < line.Rows; row++)
            {
                var residual = (w * line.Features(row)[0]) + b - line.Label(row);
                gradientW += 2 * residual * line.Features(row)[0];
                gradientB += 2 * residual;
            }

            w -= spec.LearningRate * gradientW / line.Rows;
            b -= spec.LearningRate * gradientB / line.Rows;
        }

        return (w, b);
    }

    /// <summary>The first clock and lane that take a row.</summary>
    public static (long Clock, int Lane) FirstUse(TrainingSpec spec, long row) => (
        from clock in Enumerable.Range(0, (int)Clocks(spec))
        from lane in Enumerable.Range(0, spec.Lanes)
        where Rows(spec, clock, lane).Contains(row)
        select ((long)clock, lane)).First();

    public static long Clocks(TrainingSpec spec) => StepsPerEpoch(spec) * spec.Epochs;

    private static long StepsPerEpoch(TrainingSpec spec) => (LineExample.Rows + ((long)spec.Lanes * spec.Batch) - 1) / ((long)spec.Lanes * spec.Batch);

    private static IEnumerable<long> Rows(TrainingSpec spec, long clock, int lane)
    {
        var (epoch, step) = Math.DivRem(clock, StepsPerEpoch(spec));
        var start = step * spec.Lanes * spec.Batch;
        var count = Math.Min(LineExample.Rows, (step + 1) * spec.Lanes * spec.Batch) - start;
        var order = new ExampleOrder(spec.Seed, LineExample.Rows);
        for (var position = start + (count * lane / spec.Lanes); position < start + (count * (lane + 1) / spec.Lanes); position++)
            yield return order.Example(epoch, position);
    }

    private static Sum? Lane(TrainingSpec spec, DataSet line, long clock, int lane, float w, float b)
    {
        var sum = new Sum(0, 0, 0);
        foreach (var row in Rows(spec, clock, lane))
        {
            var x = line.Features(row)[0];
            var slope = 2 * (MathF.FusedMultiplyAdd(w, x, b) - line.Label(row));
            sum = new Sum(MathF.FusedMultiplyAdd(slope, x, sum.Weight), sum.Bias + slope, sum.Examples + 1);
        }

        return sum.Examples > 0 ? sum : null;
    }

    // A lane without examples is absent, and its sibling's sum passes through.
    private static Sum? Tree(int from, int to, Func<int, Sum?> lane)
    {
        if (to - from == 1) return lane(from);
        var half = 1;
        while (half * 2 < to - from) half *= 2;
        var (left, right) = (Tree(from, from + half, lane), Tree(from + half, to, lane));
        return left is null || right is null
            ? left ?? right
            : new Sum(left.Weight + right.Weight, left.Bias + right.Bias, left.Examples + right.Examples);
    }

    private static float Update(TrainingSpec spec, float parameter, ref float slot, float mean)
    {
        if (spec.Optimizer == TrainingNames.Sgd) return parameter - (spec.LearningRate * mean);
        slot += mean * mean;
        return parameter - (spec.LearningRate * mean / MathF.Sqrt(slot));
    }
}
