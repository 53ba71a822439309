using Cluster.Compute.Optimizers;
using Cluster.Models;
using Cluster.Models.Data;

namespace Cluster.Worker.Training;

/// <summary>A lane's local steps of one round: see <see cref="LocalDescent"/>. For one thread; allocates nothing after construction.</summary>
/// <param name="parameters">Parameters of the model.</param>
/// <param name="reader">Fetches the examples of a local step.</param>
/// <param name="steps">Local steps of a whole round, at least 1.</param>
/// <param name="rule">The local step; all of a round take the rate of its clock.</param>
internal sealed class LaneDescent(int parameters, BatchReader reader, int steps, Sgd rule)
{
    private readonly LocalDescent _local = new(parameters, rule);
    private readonly float[] _gradient = new float[parameters];

    /// <summary>The sum of the losses of the last round, each at the parameters of its local step.</summary>
    public double Loss { get; private set; }

    /// <summary>Writes what the lane contributes, unless it has no examples.</summary>
    /// <returns>Its examples.</returns>
    public int Compute(IModelSession session, int lane, long clock, Batch batch, ReadOnlySpan<float> common, Span<float> contribution)
    {
        _local.Begin(common);
        Loss = 0;
        var examples = 0;
        for (var step = 0; step < steps && reader.Read(lane, clock, batch, step) > 0; step++)
        {
            session.Load(_local.Parameters);
            Loss += session.Gradient(batch, _gradient);
            _local.Step(_gradient, batch.Count, UpdateTime.AtStep(clock));
            examples += batch.Count;
        }

        if (examples > 0) _local.Difference(common, examples, contribution);
        return examples;
    }
}
