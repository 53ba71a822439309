using Cluster.Client.Errors;
using Cluster.Client.Predictions;

namespace Cluster.Client;

/// <content>Predictions of trained models.</content>
public sealed partial class ClusterClient
{
    /// <summary>Predicts the rows of a CSV file, compressed with gzip or not, while they are read: one prediction for each row, in their order.</summary>
    /// <param name="model">A checkpoint: a job for its last commit, <c>JOB@CLOCK</c>, or a name.</param>
    /// <param name="csv">Read from where it is to its end; columns are found by name, others are passed over.</param>
    /// <param name="hasHeader">Whether the first line names the columns. Else they are c1, c2, …, or those that the model was trained by,
    /// in their order.</param>
    /// <param name="columns">Told the names of the values before the first prediction, and where there is none too.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CheckpointNotFoundException">There is no such model.</exception>
    /// <exception cref="SpecRejectedException">A column is missing or a value is no number: one line with row and column.
    /// What came before it was yielded.</exception>
    public IAsyncEnumerable<Prediction> PredictAsync(
        string model, Stream csv, bool hasHeader = true, IProgress<IReadOnlyList<string>>? columns = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(csv);
        return new PredictionStream(_coordinator, _options, model, csv, hasHeader, columns).RunAsync(cancellationToken);
    }
}
