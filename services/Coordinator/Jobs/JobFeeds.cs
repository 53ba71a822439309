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
