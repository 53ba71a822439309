using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Tasks;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Computations;

/// <summary>What every runner needs of its coordinator.</summary>
internal sealed record RunnerContext(
    RedisJobs Jobs, RedisRanges Ranges, WorkPublisher Publisher, LiveTasks Tasks, WorkerShares Shares, JobFeeds Feeds, JobMetrics Metrics,
    IOptions<CoordinatorOptions> Options, TimeProvider Time, ILogger<ComputationRunner> Logger);
