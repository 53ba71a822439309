using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;

namespace Cluster.SelfTest;

/// <summary>Every update rule: three steps from the optimizer's own start, then one that is not finite and must be seen.</summary>
internal static class OptimizerChecks
{
    private const int Examples = 128;

    private static readonly LearningRate Rate = new(0.05f) { WarmupSteps = 2 };

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        Check("sgd", new Sgd(Rate) { L2 = 0.01f }),
        Check("momentum", new Momentum(Rate) { L2 = 0.01f }),
        Check("nesterov", new Momentum(Rate, isNesterov: true)),
        Check("adagrad", new Adagrad(Rate)),
        Check("adam", new Adam(Rate)),
        Check("adamw", new Adam(Rate, new AdamSettings(WeightDecay: 0.05f))),
        Check("ftrl", new Ftrl(0.05f, new FtrlSettings(L1: 0.1f, L2: 0.01f))),
    ];

    private static KernelCheck Check(string name, Optimizer optimizer) => new(name, (stream, inputs, comparison) =>
    {
        foreach (var length in Inputs.Lengths)
            Compare(optimizer, length, stream, inputs, comparison);
    });

    private static void Compare(Optimizer optimizer, int length, IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        var (w, slots) = (inputs.Draw(length), new float[length * optimizer.Slots]);
        optimizer.Initialise(w, slots);
        using var parameters = inputs.Put(w);
        using var state = inputs.Put(slots);
        for (var step = 0; step <= 3; step++)
        {
            var g = inputs.Draw(length);
            if (step == 3 && length > 0) g[length / 2] = float.PositiveInfinity;
            using var gradient = inputs.Put(g);
            var time = UpdateTime.AtStep(step);
            var isFinite = stream.Update(optimizer, parameters, parameters, state, gradient, Examples, time);
            comparison.Add<bool>([optimizer.ApplyScalar(w, w, slots, g, Examples, time)], [isFinite], "finite");
            comparison.Add(w, inputs.Get(parameters), "parameters");
            comparison.Add(slots, inputs.Get(state), "slots");
        }
    }
}
