using Cluster.Storage.Jobs;
using Cluster.Storage.Snapshots;

namespace Cluster.Storage.Training;

/// <summary>
/// Keys of training jobs in Redis, on the shard of their job, beside the record of <see cref="JobKeys"/> and the snapshots
/// of <see cref="SnapshotKeys"/>.
/// <code>
/// cluster:job:{ID}:training   hash  plan (JSON, written once), generation (counter.hex), incarnations (of the ps tasks that
///                                   the generation names: hex, by index, with commas), manifest (JSON of the last commit),
///                                   manifest-id (generation@clock), segment (published last),
///                                   evaluate|CLOCK (JSON of a commit that is to be evaluated: its snapshots are kept),
///                                   evaluated (JSON: what the evaluations came to), end (clock of the last commit, once it
///                                   is decided that there is no other), end-reason, cancel (why somebody wants it to end),
///                                   warning (what its user ought to look at in how the loss went),
///                                   counters: generations, commits, segments, and what each ps process counted:
///                                   steals|INCARNATION, push:OUTCOME|INCARNATION
/// cluster:job:{ID}:evaluations  hash  GENERATION@CLOCK|SET|FROM-TO → JSON of that range's sums, written once
/// cluster:job:{ID}:summaries:SERIES  list  "clock ordinal JSON" of each point of Segments and Evaluations; the training hash has
///                                   points|SERIES (noted so far) and stride|SERIES (each how manieth is kept)
/// cluster:job:{ID}:blame      hash  lane@clock → failures of that batch; lost:lane@clock and lost:evaluation of … →
///                                   devices that it took with it; segment of clock@lane (while one works
///                                   on it) and evaluation of GENERATION@CLOCK|SET|FROM-TO → workers that left it undone
/// </code>
/// </summary>
public static class TrainingKeys
{
    public static string Training(string id) => $"{JobKeys.Record(id)}:training";

    /// <summary>A series of summaries, by its name.</summary>
    public static string Summaries(string id, string series) => $"{JobKeys.Record(id)}:summaries:{series}";

    public static string Evaluations(string id) => $"{JobKeys.Record(id)}:evaluations";

    public static string Blame(string id) => $"{JobKeys.Record(id)}:blame";
}
