using Cluster.Compute.Devices;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Plans;

namespace Cluster.Coordinator.Predictions;

/// <summary>A model with its parameters on a device, which predicts rows as its job trained on them: standardised, where that was.
/// For one thread at a time.</summary>
internal sealed class RowPredictor : IDisposable
{
    private const int MaxBatchValues = 1 << 18;

    private readonly IModel _model;
    private readonly Standardiser? _standardiser;
    private readonly IDeviceStream _stream;
    private readonly IModelSession _session;
    private readonly Batch _batch;
    private readonly float[] _outputs;

    /// <param name="device">Where it computes; the caller keeps it.</param>
    /// <param name="plan">The plan by which the model was trained.</param>
    /// <param name="model">The model.</param>
    /// <param name="parameters">All of its parameters, in its order.</param>
    /// <exception cref="DeviceException">The device has not that much memory left.</exception>
    public RowPredictor(IDevice device, TrainingPlan plan, IModel model, float[] parameters)
    {
        (_model, _standardiser) = (model, Standardiser.Of(plan));
        Columns = [.. ColumnsOf(model)];
        _batch = new Batch(Math.Clamp(MaxBatchValues / Math.Max(model.Features, Columns.Count), 1, EvaluationRanges.BatchRows), model.Features);
        _outputs = new float[_batch.Capacity * model.Outputs];
        _stream = device.OpenStream();
        try
        {
            _session = model.Open(_stream, _batch.Capacity);
            _session.Load(parameters);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Names of what is predicted for a row.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Rows that wait to be predicted.</summary>
    public int Count => _batch.Count;

    public bool IsFull => _batch.Count == _batch.Capacity;

    /// <summary>Takes a row, as a file has it.</summary>
    public void Add(ReadOnlySpan<float> features) => _batch.Add(features, 0, _standardiser);

    /// <summary>Predicts the rows that wait: rows × columns.</summary>
    /// <exception cref="NotSupportedException">The model does not predict.</exception>
    public float[] Predict()
    {
        var outputs = _outputs.AsSpan(0, _batch.Count * _model.Outputs);
        _session.Predict(_batch, outputs);
        var values = new float[_batch.Count * Columns.Count];
        var classColumns = Columns.Count - _model.Outputs;
        for (var row = 0; row < _batch.Count; row++)
        {
            ReadOnlySpan<float> output = outputs.Slice(row * _model.Outputs, _model.Outputs);
            var target = values.AsSpan(row * Columns.Count, Columns.Count);
            if (classColumns > 0) target[0] = ClassOf(output);
            output.CopyTo(target[classColumns..]);
        }

        _batch.Clear();
        return values;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _stream.Dispose();
    }

    private static IEnumerable<string> ColumnsOf(IModel model)
    {
        var name = model.Classes > 0 ? "probability" : "prediction";
        var outputs = model.Outputs == 1 ? [name] : Enumerable.Range(0, model.Outputs).Select(i => FormattableString.Invariant($"{name}_{i}"));
        return model.Classes > 0 ? outputs.Prepend("class") : outputs;
    }

    // The first of the most probable ones; none where parameters from elsewhere lead beyond what a number holds.
    private static float ClassOf(ReadOnlySpan<float> probabilities)
    {
        if (!float.IsFinite(probabilities[0])) return float.NaN;
        if (probabilities.Length == 1) return probabilities[0] > 0.5f ? 1 : 0;
        var best = 0;
        for (var i = 1; i < probabilities.Length; i++)
        {
            if (probabilities[i] > probabilities[best]) best = i;
        }

        return best;
    }
}
