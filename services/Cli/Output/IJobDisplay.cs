using Cluster.Client.Data;
using Cluster.Client.Jobs;
using Cluster.Client.Summaries;

namespace Cluster.Cli.Output;

/// <summary>Shows on standard error how a job gets on.</summary>
internal interface IJobDisplay
{
    /// <summary>Follows a job through its updates; returns it as the last one had it.</summary>
    Task<JobInfo> ShowAsync(IAsyncEnumerable<JobUpdate> updates);

    /// <summary>Takes in what a training job measured before it is followed.</summary>
    void Recall(IReadOnlyList<SummaryPoint> points);

    /// <summary>Shows how a file is sent.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="length">Its bytes; 0 while that is not known.</param>
    /// <param name="transferAsync">Sends it, and tells how many bytes are sent.</param>
    Task<T> ShowTransferAsync<T>(string name, long length, Func<IProgress<long>, Task<T>> transferAsync);

    /// <summary>Shows how the cluster reads a source.</summary>
    /// <param name="name">The source.</param>
    /// <param name="loadAsync">Has it read, and tells how far that is.</param>
    Task<T> ShowLoadAsync<T>(string name, Func<IProgress<DataLoadProgress>, Task<T>> loadAsync);

    /// <summary>Writes a line beside the progress; from any thread.</summary>
    void Note(string line);
}
