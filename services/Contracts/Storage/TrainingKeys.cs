namespace Cluster.Contracts.Storage;

/// <summary>
/// Keys of training jobs in Redis, on the shard of their job, beside the record of <see cref="JobKeys"/> and the snapshots
/// of <see cref="SnapshotKeys"/>.
/// <code>
/// cluster:job:{ID}:training   hash  plan (JSON, written once), generation (counter.hex), incarnations (of the ps tasks that
///                                   the generation names: hex, by index, with commas), manifest (JSON of the last commit),
///                                   manifest-id (generation@clock), segment (published last),
///                                   counters: generations, commits, segments, and what each ps process counted:
///                                   steals|INCARNATION, push:OUTCOME|INCARNATION
/// cluster:job:{ID}:blame      hash  lane@clock → failures of that batch; segment of clock@lane (while one works
///                                   on it) and evaluation@clock → workers that left it undone
/// </code>
/// </summary>
public static class TrainingKeys
{
    public static string Training(string id) => $"{JobKeys.Record(id)}:training";

    public static string Blame(string id) => $"{JobKeys.Record(id)}:blame";
}
