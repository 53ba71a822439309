using Cluster.Compute.Devices;
using Cluster.Models.Data;

namespace Cluster.Models;

/// <summary>A model that computes on the host, whatever device a slot has. No method allocates.</summary>
public interface IHostModel : IModel
{
    IModelSession IModel.Open(IDeviceStream stream, int capacity) => new HostModelSession(this);

    /// <summary>Writes the gradient of the batch's loss, summed over its examples and not averaged.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="batch">The examples; none gives zeros.</param>
    /// <param name="sum">Overwritten; as long as the parameters.</param>
    /// <returns>The sum of the examples' losses at these parameters, from the same float32 predictions.</returns>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum);

    /// <summary>The sum of the examples' losses, computed in double precision.</summary>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    double Loss(ReadOnlySpan<float> parameters, Batch batch);

    /// <summary>Adds what the examples come to, one sum a metric.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="sums">As long as <see cref="IModel.Metrics"/>.</param>
    void Evaluate(ReadOnlySpan<float> parameters, Batch batch, Span<double> sums) => sums[0] += Loss(parameters, batch);

    /// <summary>Writes <see cref="IModel.Outputs"/> numbers for each example of the batch.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="batch">The examples; their labels play no part.</param>
    /// <param name="outputs">Examples × outputs, row-major; overwritten.</param>
    /// <exception cref="NotSupportedException">The model does not predict.</exception>
    void Predict(ReadOnlySpan<float> parameters, Batch batch, Span<float> outputs) =>
        throw new NotSupportedException($"model '{Name}' does not predict");
}
