using Cluster.Contracts.Jobs.V1;

namespace Cluster.Coordinator.Jobs;

/// <summary>The latest progress of one job, and the last partial results of its workers. Written by its runner, read by any number of watchers.</summary>
internal sealed class JobFeed
{
    private const int PartialResultsKept = 64;

    private readonly Lock _lock = new();
    private readonly Queue<PartialResult> _partialResults = new();
    private long _partialResultsSeen;
    private volatile JobProgress? _latest;
    private volatile TaskCompletionSource _changed = New();
    private readonly TaskCompletionSource _closed = New();

    public JobProgress? Latest => _latest;

    /// <summary>Completes at the next change; take it before reading <see cref="Latest"/>.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Completes when the job no longer runs here.</summary>
    public Task Closed => _closed.Task;

    public void Publish(JobProgress progress)
    {
        if (progress == _latest) return;
        _latest = progress;
        var changed = _changed;
        _changed = New();
        changed.TrySetResult();
    }

    /// <summary>Keeps a partial result for watchers; the oldest goes when there are too many.</summary>
    public void Add(PartialResult result)
    {
        lock (_lock)
        {
            _partialResults.Enqueue(result);
            _partialResultsSeen++;
            if (_partialResults.Count > PartialResultsKept) _partialResults.Dequeue();
        }
    }

    /// <summary>The partial results that came after the first <paramref name="seen"/>, as far as they are kept; counts them in.</summary>
    public IReadOnlyList<PartialResult> PartialResultsSince(ref long seen)
    {
        lock (_lock)
        {
            var fresh = (int)Math.Clamp(_partialResultsSeen - seen, 0, _partialResults.Count);
            seen = _partialResultsSeen;
            return [.. _partialResults.Skip(_partialResults.Count - fresh)];
        }
    }

    public void Close() => _closed.TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
