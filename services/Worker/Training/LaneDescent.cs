using Cluster.Protocol.Optimizers;
using Cluster.Training.Data;
using Cluster.Training.Models;

namespace Cluster.Worker.Training;

/// <summary>A lane's local steps of one round: see <see cref="LocalDescent"/>. For one thread; allocates nothing after construction.</summary>
/// <param name="model">The model.</param>
/// <param name="reader">Fetches the examples of a local step.</param>
/// <param name="steps">Local steps of a whole round, at least 1.</param>
/// <param name="learningRate">The rate of each.</param>
internal sealed class LaneDescent(IModel model, BatchReader reader, int steps, float learningRate)
{
    private readonly LocalDescent _local = new(model.Layout.Length, new Sgd(learningRate, model.Scale));
    private readonly float[] _gradient = new float[model.Layout.Length];

    /// <summary>The sum of the losses of the last round, each at the parameters of its local step.</summary>
    public double Loss { get; private set; }

    /// <summary>Writes what the lane contributes, unless it has no examples.</summary>
    /// <returns>Its examples.</returns>
    public int Compute(int lane, long clock, Batch batch, ReadOnlySpan<float> common, Span<float> contribution)
    {
        _local.Begin(common);
        Loss = 0;
        int examples = 0;
        for (int step = 0; step < steps && reader.Read(lane, clock, batch, step) > 0; step++)
        {
            Loss += model.Gradient(_local.Parameters, batch, _gradient);
            _local.Step(_gradient, batch.Count);
            examples += batch.Count;
        }

        if (examples > 0) _local.Difference(common, examples, contribution);
        return examples;
    }
}
