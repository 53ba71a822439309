using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using Cluster.TestModels;

namespace Cluster.EndToEnd.Training;

/// <summary>
/// A synchronous job as one loop on one thread: what any cluster must come to, bit for bit. Of the services' code it takes
/// the order of examples alone; steps, shares, the tree of sums and the updates are written again from their definitions.
/// </summary>
internal static class SequentialTraining
{
    /// <summary>Adds an example's gradient to the sum of its lane.</summary>
    private delegate void AddGradient(float[] parameters, int row, float[] sum);

    /// <summary>SHA-256 of the parameters, float32 little-endian.</summary>
    public static string Fingerprint(float[] parameters)
        => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(parameters.AsSpan())));

    /// <summary>The example of a line, from w = -1 and b = -2: parameters w, b.</summary>
    public static float[] Line(TrainingSpec spec) => Linear(spec, LineExample.Create(spec.Seed), [-1, -2]);

    /// <summary>Linear regression with fewer than eight features: parameters w, b.</summary>
    public static float[] Linear(TrainingSpec spec, DataSet data, float[] start)
        => Run(spec, (int)data.Rows, start, isMean: true, (parameters, row, sum) =>
        {
            var x = data.Features(row);
            var prediction = parameters[^1];
            for (var i = 0; i < x.Length; i++)
                prediction = MathF.FusedMultiplyAdd(parameters[i], x[i], prediction);
            var slope = 2 * (prediction - data.Label(row));
            for (var i = 0; i < x.Length; i++)
                sum[i] = MathF.FusedMultiplyAdd(slope, x[i], sum[i]);
            sum[^1] += slope;
        });

    /// <summary>The counting model: parameters count, trail.</summary>
    public static float[] Count(TrainingSpec spec, int rows)
        => Run(spec, rows, new float[rows + 1], isMean: false, (parameters, row, sum) =>
        {
            sum[row] -= 1;
            sum[^1] += CountingModel.TrailRate * (parameters[^1] - CountingModel.Target(row));
        });

    private static float[] Run(TrainingSpec spec, int rows, float[] parameters, bool isMean, AddGradient add)
    {
        var order = new ExampleOrder(spec.Seed, rows);
        var accumulator = new float[parameters.Length];
        accumulator.AsSpan().Fill(spec.InitialAccumulator);
        for (var epoch = 0; epoch < spec.Epochs; epoch++)
        {
            var round = spec.Lanes * spec.Batch * spec.LocalSteps;
            for (var start = 0; start < rows; start += round)
            {
                var examples = Math.Min(round, rows - start);
                var sum = Sum(0, spec.Lanes, lane => spec.LocalSteps > 1 ? LocalLane(lane, start, examples) : Lane(lane, start, examples))!;
                Update(spec.LocalSteps > 1 ? spec with { LearningRate = 1 } : spec, parameters, accumulator, sum, isMean ? examples : 1);
            }

            // One batch after the other from the common parameters; the difference counts by its examples where gradients are averaged.
            float[]? LocalLane(int lane, int start, int examples)
            {
                var (from, to) = (start + (examples * lane / spec.Lanes), start + (examples * (lane + 1) / spec.Lanes));
                if (from == to) return null;
                var local = parameters.ToArray();
                for (var at = from; at < to; at += spec.Batch)
                {
                    var (sum, end) = (new float[local.Length], Math.Min(at + spec.Batch, to));
                    for (var position = at; position < end; position++)
                        add(local, (int)order.Example(epoch, position), sum);
                    for (var i = 0; i < local.Length; i++)
                        local[i] -= spec.LearningRate * (isMean ? sum[i] / (end - at) : sum[i]);
                }

                return [.. local.Select((value, i) => (isMean ? to - from : 1) * (parameters[i] - value))];
            }

            float[]? Lane(int lane, int start, int examples)
            {
                var (from, to) = (start + (examples * lane / spec.Lanes), start + (examples * (lane + 1) / spec.Lanes));
                if (from == to) return null;
                var sum = new float[parameters.Length];
                for (var position = from; position < to; position++)
                    add(parameters, (int)order.Example(epoch, position), sum);
                return sum;
            }
        }

        return parameters;
    }

    // The left child has the largest power of two of lanes that leaves some for the right one; a lane without examples is absent.
    private static float[]? Sum(int first, int count, Func<int, float[]?> lane)
    {
        if (count == 1) return lane(first);
        var half = 1;
        while (half * 2 < count) half *= 2;
        var (left, right) = (Sum(first, half, lane), Sum(first + half, count - half, lane));
        if (left is null || right is null) return left ?? right;
        for (var i = 0; i < left.Length; i++)
            left[i] += right[i];
        return left;
    }

    private static void Update(TrainingSpec spec, float[] parameters, float[] accumulator, float[] sum, float divisor)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            var gradient = sum[i] / divisor;
            if (spec.Optimizer == TrainingNames.Sgd)
            {
                parameters[i] -= spec.LearningRate * gradient;
                continue;
            }

            accumulator[i] += gradient * gradient;
            parameters[i] -= spec.LearningRate * gradient / MathF.Sqrt(accumulator[i]);
        }
    }
}
