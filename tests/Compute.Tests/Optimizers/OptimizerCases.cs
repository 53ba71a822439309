using Cluster.Compute.Optimizers;

namespace Cluster.Compute.Tests.Optimizers;

/// <summary>Every update rule and schedule, by number.</summary>
internal static class OptimizerCases
{
    private static readonly LearningRate Warm = new(0.05f) { WarmupSteps = 5 };
    private static readonly LearningRate Cosine = new(0.01f) { Kind = ScheduleKind.Cosine, DecaySteps = 900, DecayFactor = 0.1f };
    private static readonly LearningRate Exponential = new(0.02f) { Kind = ScheduleKind.Exponential, DecaySteps = 300, DecayFactor = 0.5f };

    public static IReadOnlyList<Optimizer> All { get; } =
    [
        new Sgd(0.3f),
        new Sgd(1, GradientScale.Sum) { L2 = 0.01f },
        new Sgd(Warm) { L2 = 0.001f },
        new Momentum(0.02f),
        new Momentum(Warm, 0.8f, isNesterov: true),
        new Momentum(Exponential, 0.95f, isNesterov: true, GradientScale.Sum) { L2 = 0.02f },
        new Adagrad(0.8f),
        new Adagrad(0.05f, 0.01f, GradientScale.Sum) { L2 = 0.1f },
        new Adam(0.01f),
        new Adam(Cosine, new AdamSettings(0.8f, 0.99f, 1e-5f)) { L2 = 0.01f },
        new Adam(Warm, new AdamSettings(WeightDecay: 0.05f)),
        new Ftrl(0.1f),
        new Ftrl(0.3f, new FtrlSettings(Beta: 0.5f, L1: 0.2f, L2: 0.1f)),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Count)];

    public static float[] Slots(Optimizer optimizer, ReadOnlySpan<float> parameters)
    {
        var slots = new float[parameters.Length * optimizer.Slots];
        optimizer.Initialise(parameters, slots);
        return slots;
    }

    public static int[] Bits(ReadOnlySpan<float> values)
    {
        var bits = new int[values.Length];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        return bits;
    }
}
