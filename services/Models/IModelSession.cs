using Cluster.Models.Data;

namespace Cluster.Models;

/// <summary>A model at work on one device, for one thread at a time; no call allocates.</summary>
public interface IModelSession : IDisposable
{
    /// <summary>Sets the parameters for the calls that follow.</summary>
    /// <param name="parameters">All parameters; they stay as they are until the next call of this method.</param>
    /// <exception cref="ArgumentException">There are not as many as the model has.</exception>
    void Load(ReadOnlyMemory<float> parameters);

    /// <summary>Writes the gradient of the batch's loss, summed over its examples and not averaged.</summary>
    /// <param name="batch">The examples; none gives zeros.</param>
    /// <param name="sum">Overwritten; as long as the parameters.</param>
    /// <returns>The sum of the examples' losses, added in double in the order of the examples.</returns>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    double Gradient(Batch batch, Span<float> sum);

    /// <summary>
    /// Adds the batch's sums to those of the batches before. Each is added in double in the order of the examples: batches of
    /// fixed sizes whose sums are merged in a fixed order give the same bits on any number of workers.
    /// </summary>
    /// <param name="batch">The examples.</param>
    /// <param name="sums">One for each of the model's <see cref="IModel.Metrics"/>.</param>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    void Evaluate(Batch batch, Span<double> sums);

    /// <summary>Writes <see cref="IModel.Outputs"/> numbers for each example of the batch: for classes their probabilities.</summary>
    /// <param name="batch">The examples; their labels play no part.</param>
    /// <param name="outputs">Examples × outputs, row-major; overwritten.</param>
    /// <exception cref="ArgumentException">A length differs from the model's.</exception>
    /// <exception cref="NotSupportedException">The model does not predict.</exception>
    void Predict(Batch batch, Span<float> outputs);
}
