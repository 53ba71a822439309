using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>A lane's local steps from the common parameters, and the difference that it contributes to the average: local SGD (Stich 2019).</summary>
/// <remarks>
/// From x the lane goes to y by plain steps over its n examples of the round, and contributes n·(x - y): the ps task
/// subtracts the sum over the lanes divided by the exact number of all their examples, which is the average of the lanes'
/// parameters weighted by examples. Where gradients are summed and not averaged (<see cref="GradientScale.Sum"/>) the
/// differences are too: then it contributes x - y. Nothing is kept from one round to the next. For one thread.
/// </remarks>
public sealed class LocalDescent
{
    private readonly Sgd _rule;
    private readonly float[] _parameters;

    /// <param name="length">Number of parameters.</param>
    /// <param name="rule">The local step; its learning rate is the job's.</param>
    public LocalDescent(int length, Sgd rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _rule = rule;
        _parameters = new float[length];
    }

    /// <summary>What the next local gradient is computed on.</summary>
    public ReadOnlyMemory<float> Parameters => _parameters;

    /// <summary>How a ps task applies the summed differences.</summary>
    /// <param name="scale">The scale of the local steps.</param>
    public static Sgd RuleOfStore(GradientScale scale) => new(1, scale);

    /// <summary>Starts from the common parameters; what was there is gone.</summary>
    public void Begin(ReadOnlySpan<float> common) => common.CopyTo(_parameters);

    /// <summary>One local step.</summary>
    /// <param name="gradient">Summed gradient at <see cref="Parameters"/>.</param>
    /// <param name="examples">Examples in the sum, at least 1.</param>
    /// <param name="time">The clock of the round, which a learning rate may depend on.</param>
    public void Step(ReadOnlySpan<float> gradient, long examples, UpdateTime time) =>
        _rule.Apply(_parameters, _parameters, [], gradient, examples, time);

    /// <summary>What the lane contributes.</summary>
    /// <param name="common">The parameters that it began with.</param>
    /// <param name="examples">Its examples of the round.</param>
    /// <param name="contribution">Overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Difference(ReadOnlySpan<float> common, long examples, Span<float> contribution)
    {
        if (common.Length != _parameters.Length || contribution.Length != _parameters.Length)
            throw new ArgumentException($"Lengths differ: parameters {_parameters.Length}, common {common.Length}, contribution {contribution.Length}.");
        var weight = _rule.Scale == GradientScale.Mean ? examples : 1f;
        ref var x = ref MemoryMarshal.GetReference(common);
        ref var y = ref MemoryMarshal.GetArrayDataReference(_parameters);
        ref var d = ref MemoryMarshal.GetReference(contribution);
        var weights = Vector256.Create(weight);
        var i = 0;
        for (; i <= common.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            (weights * (Vector256.LoadUnsafe(ref x, (nuint)i) - Vector256.LoadUnsafe(ref y, (nuint)i))).StoreUnsafe(ref d, (nuint)i);
        for (; i < common.Length; i++)
            contribution[i] = weight * (common[i] - _parameters[i]);
    }
}
