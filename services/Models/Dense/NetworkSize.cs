using System.Globalization;
using Cluster.Contracts.Jobs;

namespace Cluster.Models.Dense;

/// <summary>How many parameters the networks of a spec have, known before one is made.</summary>
public static class NetworkSize
{
    /// <summary>Most bytes of a model's parameters: they lie in one array.</summary>
    public static long MaxBytes => (long)Array.MaxLength * sizeof(float);

    /// <summary>What is wrong with the size of a network that the spec asks for; nothing for another model.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="features">Features of an example, at least 1.</param>
    public static IReadOnlyList<SpecViolation> Check(TrainingSpec spec, int features)
    {
        if (spec.Model is not (TrainingNames.Mlp or TrainingNames.Softmax) || !LayerSizes.TryParse(spec.Layers, out var hidden)) return [];
        var outputs = spec.Classes ?? 1;
        var bytes = ParametersOf(features, [.. hidden, outputs]) * sizeof(float);
        if (bytes <= MaxBytes) return [];
        var (field, value) = hidden.Count > 0 ? ("layers", spec.Layers!) : ("classes", outputs.ToString(CultureInfo.InvariantCulture));
        return [new SpecViolation(field, value, string.Create(CultureInfo.InvariantCulture,
            $"takes {bytes} bytes of parameters with {features} features and {outputs} outputs; must be at most {MaxBytes} bytes"))];
    }

    // Weights and biases of each layer; 65 of them of 2^20 units stay far below what a long holds.
    private static long ParametersOf(long inputs, IReadOnlyList<int> layers)
    {
        long parameters = 0;
        foreach (var units in layers)
        {
            parameters += (inputs + 1) * units;
            inputs = units;
        }

        return parameters;
    }
}
