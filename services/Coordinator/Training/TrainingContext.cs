using Cluster.Coordinator.Checkpoints;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Tasks;
using Cluster.Storage.Durability;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Training;

/// <summary>What every training runner needs of its coordinator.</summary>
internal sealed record TrainingContext(
    RedisJobs Jobs, RedisTraining Records, RedisSummaries Summaries, RedisDurability Durability, TrainingPlanner Planner, JobStart Starts,
    TrainingCleanUp CleanUp,
    StoreChannels Stores, WorkPublisher Publisher, LiveTasks Tasks, WorkerShares Shares, JobFeeds Feeds, JobMetrics Metrics, TrainingMetrics TrainingMetrics,
    IOptions<CoordinatorOptions> Options, TimeProvider Time, ILogger<TrainingRunner> Logger);
