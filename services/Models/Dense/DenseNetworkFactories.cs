using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;

namespace Cluster.Models.Dense;

/// <summary>Binary logistic regression: one logit, from zeros. Labels are 0 and 1.</summary>
public sealed class LogisticRegressionFactory : IModelFactory
{
    public string Name => TrainingNames.Logistic;

    public bool Supports(DeviceType type) => true;

    public IModel Create(TrainingSpec spec, int features, long rows) =>
        new DenseNetwork(Name, features, [new DenseLayer(1, Activation.Identity, Initialiser.Zero)], OutputLoss.SigmoidCrossEntropy);
}

/// <summary>Multinomial logistic regression: a logit for each class, from zeros.</summary>
public sealed class SoftmaxRegressionFactory : IModelFactory
{
    public string Name => TrainingNames.Softmax;

    public bool Supports(DeviceType type) => true;

    public IModel Create(TrainingSpec spec, int features, long rows)
    {
        var classes = spec.Classes ?? throw new ArgumentException("classes must be given");
        return new DenseNetwork(Name, features, [new DenseLayer(classes, Activation.Identity, Initialiser.Zero)], OutputLoss.SoftmaxCrossEntropy);
    }
}

/// <summary>A perceptron with hidden layers: it names classes where the spec has some, else it is a regression.</summary>
public sealed class PerceptronFactory : IModelFactory
{
    public string Name => TrainingNames.Mlp;

    public bool Supports(DeviceType type) => true;

    public IModel Create(TrainingSpec spec, int features, long rows)
    {
        if (!LayerSizes.TryParse(spec.Layers, out var sizes) || sizes.Count == 0) throw new ArgumentException($"layers {LayerSizes.Limit}");
        var activation = ActivationOf(spec.Activation);
        DenseLayer[] hidden = [.. sizes.Select(units => new DenseLayer(units, activation, InitialiserOf(spec.Initialiser, activation)))];
        var last = new DenseLayer(spec.Classes ?? 1, Activation.Identity, InitialiserOf(spec.Initialiser, Activation.Identity));
        return new DenseNetwork(Name, features, [.. hidden, last], spec.Classes is null ? OutputLoss.SquaredError : OutputLoss.SoftmaxCrossEntropy);
    }

    private static Activation ActivationOf(string? name) => name switch
    {
        TrainingNames.Tanh => Activation.Tanh,
        TrainingNames.Sigmoid => Activation.Sigmoid,
        _ => Activation.Relu,
    };

    private static Initialiser InitialiserOf(string? name, Activation activation) => name switch
    {
        TrainingNames.Glorot => Initialiser.Glorot,
        TrainingNames.He => Initialiser.He,
        _ => activation == Activation.Relu ? Initialiser.He : Initialiser.Glorot,
    };
}
