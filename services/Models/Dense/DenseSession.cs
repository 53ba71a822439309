using Cluster.Compute.Devices;
using Cluster.Models.Data;
using Cluster.Models.Parameters;

namespace Cluster.Models.Dense;

/// <summary>A network at work on a device: all memory is leased when it is opened.</summary>
internal sealed class DenseSession : IModelSession
{
    private readonly DenseNetwork _network;
    private readonly IDeviceStream _stream;
    private readonly int _capacity;
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly DeviceBuffer _parameters;
    private readonly DeviceBuffer _gradient;
    private readonly DeviceBuffer _features;
    private readonly DeviceBuffer _labels;
    private readonly DeviceBuffer _losses;
    // What each layer gives, and the loss's gradient by it.
    private readonly DeviceBuffer[] _outputs;
    private readonly DeviceBuffer[] _deltas;
    private readonly float[] _exampleLosses;
    private readonly float[] _exampleOutputs;

    public DenseSession(DenseNetwork network, IDeviceStream stream, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_network, _stream, _capacity) = (network, stream, capacity);
        try
        {
            _parameters = Rent(network.Layout.Length);
            _gradient = Rent(network.Layout.Length);
            _features = Rent(checked(capacity * network.Features));
            _labels = Rent(capacity);
            _losses = Rent(capacity);
            _outputs = [.. network.Layers.Select(layer => Rent(checked(capacity * layer.Outputs)))];
            _deltas = [.. network.Layers.Select(layer => Rent(checked(capacity * layer.Outputs)))];
        }
        catch
        {
            Dispose();
            throw;
        }

        _exampleLosses = new float[capacity];
        _exampleOutputs = new float[capacity * network.Outputs];
    }

    public void Load(ReadOnlyMemory<float> parameters)
    {
        if (parameters.Length != _network.Layout.Length)
            throw new ArgumentException($"There are {parameters.Length} parameters, the model has {_network.Layout.Length}.", nameof(parameters));
        _stream.Upload(parameters.Span, _parameters);
    }

    public double Gradient(Batch batch, Span<float> sum)
    {
        if (sum.Length != _network.Layout.Length)
            throw new ArgumentException($"The gradient has {sum.Length} elements, the model {_network.Layout.Length}.", nameof(sum));
        Check(batch);
        if (batch.Count == 0)
        {
            sum.Clear();
            return 0;
        }

        Forward(batch);
        Compare(batch);
        for (var layer = _outputs.Length - 1; layer >= 0; layer--)
            Backward(layer, batch.Count);
        var loss = SumLosses(batch.Count);
        _stream.Download(_gradient, sum);
        return loss;
    }

    public void Evaluate(Batch batch, Span<double> sums)
    {
        Check(batch);
        if (sums.Length != _network.Metrics.Count)
            throw new ArgumentException($"There are {sums.Length} sums, the model has {_network.Metrics.Count} metrics.", nameof(sums));
        if (batch.Count == 0) return;
        Forward(batch);
        Compare(batch);
        var loss = SumLosses(batch.Count);
        sums[0] += loss;
        sums[1] += _network.Loss == OutputLoss.SquaredError ? loss : Hits(batch);
    }

    public void Predict(Batch batch, Span<float> outputs)
    {
        Check(batch);
        if (outputs.Length != batch.Count * _network.Outputs)
            throw new ArgumentException($"There is room for {outputs.Length} numbers, {batch.Count} predictions have {batch.Count * _network.Outputs}.",
                nameof(outputs));
        if (batch.Count == 0) return;
        Forward(batch);
        _stream.Download(_outputs[^1].Slice(0, outputs.Length), outputs);
        if (_network.Loss != OutputLoss.SquaredError) Probabilities.Of(outputs, _network.Outputs);
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
        _buffers.Clear();
    }

    private DeviceBuffer Rent(int length)
    {
        var buffer = _stream.Rent(length);
        _buffers.Add(buffer);
        return buffer;
    }

    private void Forward(Batch batch)
    {
        var input = _features.Slice(0, batch.Count * _network.Features);
        _stream.Upload(batch.Features, input);
        for (var layer = 0; layer < _outputs.Length; layer++)
        {
            var output = OfRows(_outputs[layer], layer, batch.Count);
            _stream.DenseForward(batch.Count, input, Of(_parameters, _network.Weights(layer)), Of(_parameters, _network.Biases(layer)),
                _network.Layers[layer].Activation, output);
            input = output;
        }
    }

    // Writes the losses, and their gradient by the last layer's outputs.
    private void Compare(Batch batch)
    {
        var rows = batch.Count;
        var outputs = OfRows(_outputs[^1], _outputs.Length - 1, rows);
        var gradient = OfRows(_deltas[^1], _outputs.Length - 1, rows);
        DeviceSpan labels = _labels.Slice(0, rows), losses = _losses.Slice(0, rows);
        _stream.Upload(batch.Labels, labels);
        switch (_network.Loss)
        {
            case OutputLoss.SoftmaxCrossEntropy:
                _stream.SoftmaxCrossEntropy(rows, outputs, labels, losses, gradient);
                break;
            case OutputLoss.SigmoidCrossEntropy:
                _stream.SigmoidCrossEntropy(outputs, labels, losses, gradient);
                break;
            default:
                _stream.SquaredError(outputs, labels, losses, gradient);
                break;
        }
    }

    private void Backward(int layer, int rows)
    {
        var input = layer == 0 ? _features.Slice(0, rows * _network.Features) : OfRows(_outputs[layer - 1], layer - 1, rows);
        var inputDelta = layer == 0 ? default(DeviceSpan?) : OfRows(_deltas[layer - 1], layer - 1, rows);
        ParameterTensor weights = _network.Weights(layer), biases = _network.Biases(layer);
        _stream.DenseBackward(
            rows, input, Of(_parameters, weights), _network.Layers[layer].Activation, OfRows(_outputs[layer], layer, rows),
            OfRows(_deltas[layer], layer, rows), Of(_gradient, weights), Of(_gradient, biases), inputDelta);
    }

    private double SumLosses(int rows)
    {
        var losses = _exampleLosses.AsSpan(0, rows);
        _stream.Download(_losses.Slice(0, rows), losses);
        double sum = 0;
        foreach (var loss in losses)
            sum += loss;
        return sum;
    }

    private int Hits(Batch batch)
    {
        var classes = _network.Outputs;
        var logits = _exampleOutputs.AsSpan(0, batch.Count * classes);
        _stream.Download(OfRows(_outputs[^1], _outputs.Length - 1, batch.Count), logits);
        var hits = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            if (Probabilities.Class(logits.Slice(row * classes, classes)) == batch.Labels[row]) hits++;
        }

        return hits;
    }

    private DeviceSpan OfRows(DeviceBuffer buffer, int layer, int rows) => buffer.Slice(0, rows * _network.Layers[layer].Outputs);

    private static DeviceSpan Of(DeviceBuffer buffer, ParameterTensor tensor) => buffer.Slice(tensor.Offset, tensor.Length);

    private void Check(Batch batch)
    {
        if (batch.FeatureCount != _network.Features)
            throw new ArgumentException($"The batch has {batch.FeatureCount} features, the model {_network.Features}.", nameof(batch));
        if (batch.Count > _capacity)
            throw new ArgumentException($"The batch has {batch.Count} examples, the session takes {_capacity}.", nameof(batch));
    }
}
