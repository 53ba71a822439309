using Cluster.Client.Jobs;

namespace Cluster.Cli.Output;

/// <summary>Shows on standard error how a job gets on.</summary>
internal interface IJobDisplay
{
    /// <summary>Follows a job through its updates; returns it as the last one had it.</summary>
    Task<JobInfo> ShowAsync(IAsyncEnumerable<JobUpdate> updates);

    /// <summary>Writes a line beside the progress; from any thread.</summary>
    void Note(string line);
}
