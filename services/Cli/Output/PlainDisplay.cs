using Cluster.Client.Data;
using Cluster.Client.Jobs;
using Cluster.Client.Summaries;

namespace Cluster.Cli.Output;

/// <summary>Progress as lines, at most one a second, for logs and pipes.</summary>
internal sealed class PlainDisplay(TextWriter error, TimeProvider time) : IJobDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TextWriter _error = TextWriter.Synchronized(error);
    private readonly PartialResultLines _partialResults = new(time);
    private readonly TrainingNotes _notes = new();
    private long? _lastTime;
    private string _lastLine = "";

    public async Task<JobInfo> ShowAsync(IAsyncEnumerable<JobUpdate> updates)
    {
        JobInfo? job = null;
        await foreach (var update in updates)
        {
            job = update.Job;
            foreach (var line in _notes.Next(job)) Note(line);
            foreach (var placement in update.Placements) Note(placement.ToString());
            foreach (var line in _partialResults.Next(update.PartialResults)) Note(line);
            ShowProgress(job);
        }

        return job!;
    }

    /// <summary>A log has it above.</summary>
    public void Recall(IReadOnlyList<SummaryPoint> points)
    {
    }

    public Task<T> ShowTransferAsync<T>(string name, long length, Func<IProgress<long>, Task<T>> transferAsync) => transferAsync(new Unseen());

    public Task<T> ShowLoadAsync<T>(string name, Func<IProgress<DataLoadProgress>, Task<T>> loadAsync) => loadAsync(new Unseen());

    public void Note(string line) => _error.WriteLine(line);

    private void ShowProgress(JobInfo job)
    {
        var line = JobText.ProgressLine(job);
        var isDue = _lastTime is not { } last || time.GetElapsedTime(last) >= Pause;
        if (line == _lastLine || !(isDue || job.State.IsEnd())) return;

        _lastTime = time.GetTimestamp();
        _lastLine = line;
        Note(line);
    }

    /// <summary>A log has no use for what is on its way.</summary>
    private sealed class Unseen : IProgress<long>, IProgress<DataLoadProgress>
    {
        public void Report(DataLoadProgress value)
        {
        }

        public void Report(long value)
        {
        }
    }
}
