using Cluster.Storage.Jobs;
using Cluster.Storage.Snapshots;
namespace Cluster.Storage.Training;

/// <summary>
/// Keys of checkpoints that stay until somebody removes them: kept under a name, or imported. Those that a job keeps by
/// its spec are in its manifest: see <see cref="TrainingKeys"/>. The name takes the place of a job's id, so that the keys
/// of one checkpoint live on one shard.
/// <code>
/// cluster:checkpoints                zset    name by time; written before the record
/// cluster:job:{NAME}:checkpoint      string  record, JSON: plan, state (clock, examples, snapshots), origin, time, fingerprint
/// cluster:job:{NAME}:snapshot:…      string  the state, in the form of <see cref="SnapshotKeys"/>, without time to live
/// cluster:job:{ID}:fingerprints      hash    generation@clock → fingerprint of the parameters, once somebody asked for it
/// </code>
/// </summary>
public static class CheckpointKeys
{
    public const string All = "cluster:checkpoints";

    public static string Record(string name) => $"{JobKeys.Record(name)}:checkpoint";

    public static string Fingerprints(string id) => $"{JobKeys.Record(id)}:fingerprints";
}
