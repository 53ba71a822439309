using Cluster.Client.Data;
using Cluster.Client.Errors;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;

namespace Cluster.Client;

/// <content>Data sets: load, add, list, describe, remove.</content>
public sealed partial class ClusterClient
{
    private const string UnnamedFile = "-";

    /// <summary>Loads a CSV file with a header as a data set, for training jobs to name by its id.
    /// It stays for the coordinator's <c>DataRetention</c>.</summary>
    /// <param name="csv">Read from where it is to its end. Where it can seek, a load whose connection broke begins there again.</param>
    /// <param name="label">The label's column; all others are features.</param>
    /// <param name="bytes">Told how many bytes are sent; less than before when the load begins again.</param>
    /// <param name="cancellationToken">Ends the load; nothing of the file stays.</param>
    /// <exception cref="SpecRejectedException">The file cannot be used: one line with row and column; nothing of it stays.</exception>
    public Task<DataSetInfo> LoadDataAsync(Stream csv, string label, IProgress<long>? bytes = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(label);
        return LoadDataAsync(csv, new DataImport { Source = UnnamedFile, Label = label }, bytes, cancellationToken);
    }

    /// <summary>Loads a file as a data set: of any of <see cref="DataFormats"/>, compressed with gzip or not, with a name or without.</summary>
    /// <param name="file">Read from where it is to its end; of the format idx, the file of labels and behind it the file of images.</param>
    /// <param name="import">How it is read; its source is the file's name.</param>
    /// <param name="bytes">Told how many bytes are sent; less than before when the load begins again.</param>
    /// <param name="cancellationToken">Ends the load; nothing of the file stays.</param>
    /// <exception cref="SpecRejectedException">The file cannot be used: one line that names the place; nothing of it stays.</exception>
    public Task<DataSetInfo> LoadDataAsync(Stream file, DataImport import, IProgress<long>? bytes = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(import);
        SpecRejectedException.ThrowIfAny(import.Validate());
        return new DataUpload(_coordinator, _options, file, import, bytes).RunAsync(cancellationToken);
    }

    /// <inheritdoc cref="LoadDataAsync(Stream, string, IProgress{long}?, CancellationToken)"/>
    /// <param name="path">The file; violations name it.</param>
    /// <param name="label">The label's column; all others are features.</param>
    /// <param name="bytes">Told how many bytes are sent; less than before when the load begins again.</param>
    /// <param name="cancellationToken">Ends the load; nothing of the file stays.</param>
    public async Task<DataSetInfo> LoadDataAsync(string path, string label, IProgress<long>? bytes = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var csv = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            await using (csv.ConfigureAwait(false))
                return await LoadDataAsync(csv, new DataImport { Source = Path.GetFileName(path), Label = label }, bytes, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecRejectedException([new SpecViolation("data", path, $"cannot be read: {e.Message}")], e);
        }
        catch (SpecRejectedException e)
        {
            throw new SpecRejectedException([.. e.Violations.Select(v => v is { Field: "data", Value: "" } ? v with { Value = path } : v)], e);
        }
    }

    /// <summary>Has the cluster make a data set of a source that it reads by itself: <c>synthetic:</c>, <c>file:</c>, <c>http(s):</c>.</summary>
    /// <param name="import">The source, and the name if the data set is to be kept until it is removed.</param>
    /// <param name="progress">Told how far the cluster is, a few times a second at most.</param>
    /// <param name="cancellationToken">Ends the load; nothing of it stays.</param>
    /// <exception cref="SpecRejectedException">The source is not allowed or cannot be used: one line that says why; nothing of it stays.</exception>
    public Task<DataSetInfo> AddDataAsync(DataImport import, IProgress<DataLoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(import);
        SpecRejectedException.ThrowIfAny(import.Validate());
        return new DataAddition(_coordinator, _options, import, progress).RunAsync(cancellationToken);
    }

    /// <summary>The data sets that have a name, by name.</summary>
    public Task<IReadOnlyList<DataSetInfo>> ListDataAsync(CancellationToken cancellationToken = default)
        => new DataCalls(_coordinator).ListAsync(cancellationToken);

    /// <summary>What the columns of a data set hold.</summary>
    /// <param name="data">Its id or name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DataNotFoundException">There is no such data set.</exception>
    public Task<DataSetDetails> DescribeDataAsync(string data, CancellationToken cancellationToken = default)
        => new DataCalls(_coordinator).DescribeAsync(data, cancellationToken);

    /// <summary>Removes a data set. One that a job uses which has not ended stays.</summary>
    /// <returns>What is gone now.</returns>
    /// <inheritdoc cref="DescribeDataAsync"/>
    public Task<DataSetInfo> RemoveDataAsync(string data, CancellationToken cancellationToken = default)
        => new DataCalls(_coordinator).RemoveAsync(data, cancellationToken);
}
