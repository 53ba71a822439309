using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Planning;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Supervision;

/// <summary>What is written now and then while a training job runs: its counters, and the life of its data set. Owned by one runner.</summary>
internal sealed class TrainingUpkeep(TrainingJob job, TrainingFigures figures, RedisTraining records, TrainingPlanner planner, TimeProvider time)
{
    private static readonly TimeSpan RecordPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DataPeriod = TimeSpan.FromMinutes(5);

    private long? _recordedAt;
    private long? _prolongedAt;

    /// <summary>Writes what is due.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_recordedAt is { } at && time.GetElapsedTime(at) < RecordPeriod) return;
        _recordedAt = time.GetTimestamp();
        await WriteCountersAsync();
        if (job.Spec.Data is not { } data || (_prolongedAt is { } prolonged && time.GetElapsedTime(prolonged) < DataPeriod)) return;
        _prolongedAt = time.GetTimestamp();
        await planner.ProlongAsync(data, cancellationToken);
    }

    /// <summary>Writes what the ps processes counted since the last time.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task WriteCountersAsync()
    {
        var observed = figures.TakeObserved();
        if (observed.Count > 0 && await records.ObserveAsync(job.Id, job.Owner, observed) == TrainingAnswer.Fenced)
            throw new JobMovedException("fenced");
    }
}
