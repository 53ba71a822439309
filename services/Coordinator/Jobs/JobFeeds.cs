using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Cluster.Coordinator.Jobs;

/// <summary>The latest of each running job for those who watch; only the latest, so a slow watcher costs nothing.</summary>
internal sealed class JobFeeds
{
    private readonly ConcurrentDictionary<string, JobFeed> _feeds = new();

    public JobFeed Open(string id) => _feeds.GetOrAdd(id, _ => new JobFeed());

    public bool TryGet(string id, [NotNullWhen(true)] out JobFeed? feed) => _feeds.TryGetValue(id, out feed);

    /// <summary>Ends a feed: its watchers read the record once more.</summary>
    public void Close(string id)
    {
        if (_feeds.TryRemove(id, out var feed)) feed.Close();
    }
}

/// <summary>The latest progress of one job. Written by its runner, read by any number of watchers.</summary>
internal sealed class JobFeed
{
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

    public void Close() => _closed.TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
