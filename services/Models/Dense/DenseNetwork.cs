using Cluster.Compute.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Models.Parameters;

namespace Cluster.Models.Dense;

/// <summary>A network of fully connected layers on any device: logistic and softmax regression are those of one layer.</summary>
/// <remarks>Parameters: of each layer in turn the weights, inputs × outputs, and the biases.</remarks>
public sealed class DenseNetwork : IModel
{
    private static readonly Metric[] Errors = [Metric.Loss, Metric.Rmse];
    private static readonly Metric[] Hits = [Metric.Loss, Metric.Accuracy];

    private readonly UniformStart[] _starts;

    /// <param name="name">The name in specs.</param>
    /// <param name="features">Features of an example, at least 1.</param>
    /// <param name="layers">At least one; the last has no activation, and one output where the loss is not of softmax.</param>
    /// <param name="loss">What the last layer is compared with the label by.</param>
    /// <exception cref="ArgumentException">The layers do not go together, or have too many parameters.</exception>
    public DenseNetwork(string name, int features, IReadOnlyList<DenseLayer> layers, OutputLoss loss)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (layers.Count == 0 || layers[^1].Activation != Activation.Identity)
            throw new ArgumentException("The last layer of a network has no activation.", nameof(layers));
        if (loss != OutputLoss.SoftmaxCrossEntropy && layers[^1].Outputs != 1)
            throw new ArgumentException($"The last layer has {layers[^1].Outputs} outputs; {loss} takes 1.", nameof(layers));
        if (loss == OutputLoss.SoftmaxCrossEntropy && layers[^1].Outputs < 2)
            throw new ArgumentException("A softmax needs at least 2 classes.", nameof(layers));
        (Name, Features, Layers, Loss) = (name, features, layers, loss);
        Layout = new ParameterLayout([.. Tensors()]);
        _starts = [.. StartsOf()];
    }

    public string Name { get; }

    public int Features { get; }

    public IReadOnlyList<DenseLayer> Layers { get; }

    public OutputLoss Loss { get; }

    public int Outputs => Layers[^1].Outputs;

    public int Classes => Loss switch
    {
        OutputLoss.SquaredError => 0,
        OutputLoss.SigmoidCrossEntropy => 2,
        _ => Outputs,
    };

    public ParameterLayout Layout { get; }

    public IReadOnlyList<Metric> Metrics => Loss == OutputLoss.SquaredError ? Errors : Hits;

    public IReadOnlyList<UniformStart> Starts => _starts;

    public void Initialise(ulong seed, int first, Span<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Layout.Length - parameters.Length);
        UniformStart.Fill(_starts, seed, first, parameters);
    }

    public IModelSession Open(IDeviceStream stream, int capacity) => new DenseSession(this, stream, capacity);

    /// <summary>Inputs of a layer.</summary>
    internal int Inputs(int layer) => layer == 0 ? Features : Layers[layer - 1].Outputs;

    /// <summary>Where the weights of a layer lie.</summary>
    internal ParameterTensor Weights(int layer) => Layout.Tensors[2 * layer];

    /// <summary>Where its biases lie.</summary>
    internal ParameterTensor Biases(int layer) => Layout.Tensors[(2 * layer) + 1];

    private IEnumerable<(string Name, int[] Shape)> Tensors()
    {
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var prefix = Layers.Count == 1 ? "" : $"dense{layer}/";
            yield return ($"{prefix}w", [Inputs(layer), Layers[layer].Outputs]);
            yield return ($"{prefix}b", [Layers[layer].Outputs]);
        }
    }

    private IEnumerable<UniformStart> StartsOf()
    {
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var bound = Layers[layer].Initialiser switch
            {
                Initialiser.Glorot => UniformStart.GlorotBound(Inputs(layer), Layers[layer].Outputs),
                Initialiser.He => UniformStart.HeBound(Inputs(layer)),
                _ => 0,
            };
            yield return new UniformStart(Weights(layer).Offset, Weights(layer).Length, bound);
        }
    }
}
