using Cluster.Training.Data;
using Cluster.Training.Models;

namespace Cluster.Coordinator.Predictions;

/// <summary>A model with its parameters, ready to predict rows. Immutable and shared by threads.</summary>
internal sealed class RowPredictor
{
    private readonly float[] _parameters;

    /// <param name="model">The model.</param>
    /// <param name="parameters">All of its parameters.</param>
    /// <exception cref="NotSupportedException">The model does not predict.</exception>
    public RowPredictor(IModel model, float[] parameters)
    {
        if (model is not LinearRegression) throw new NotSupportedException($"model '{model.Name}' does not predict");
        _parameters = parameters;
    }

    /// <summary>Names of what is predicted for a row.</summary>
    public IReadOnlyList<string> Columns { get; } = ["prediction"];

    /// <summary>Writes rows × columns numbers, with the operations of training in their order.</summary>
    public void Predict(Batch batch, Span<float> outputs)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> x = batch.Row(row);
            float y = _parameters[^1];
            for (int i = 0; i < x.Length; i++) y = MathF.FusedMultiplyAdd(_parameters[i], x[i], y);
            outputs[row] = y;
        }
    }
}
