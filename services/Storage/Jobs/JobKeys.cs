namespace Cluster.Storage.Jobs;

/// <summary>
/// Keys of jobs in Redis: the record that coordinator and workers share. The keys of one job carry its id as hash tag and
/// so live on one shard.
/// <code>
/// cluster:job:{ID}             hash  state, kind, spec, generation, owner (token of the chief that runs it), submitted,
///                                    started, ended (ms since 1970), trace (of the submission), key (idempotency),
///                                    cut:N (grain up to which part N of the space is cut), done (grains recorded;
///                                    clocks committed), device (that recorded the last range),
///                                    total (planned clocks of a training job), result, error,
///                                    counters: ranges (recorded), republished, failed, takenover, chiefs
/// cluster:job:{ID}:items       hash  from → to      ranges that are cut and not yet recorded; written before publishing
/// cluster:job:{ID}:claims      hash  from → incarnation of the worker task that computes it
/// cluster:job:{ID}:attempts    hash  from → how often it failed or lost its claimant; lost:from → how often it lost its device
/// cluster:job:{ID}:results     hash  from-to → payload of the range, written once
/// cluster:job:{ID}:placements  list  "from-to device" of each recorded range, for jobs that log device placement
/// cluster:jobs                 zset  id by time of submission
/// cluster:jobs:open            set   ids of jobs that have not ended
/// cluster:submission:KEY       string  id of the job that this idempotency key made
/// </code>
/// </summary>
public static class JobKeys
{
    public const string All = "cluster:jobs";
    public const string Open = "cluster:jobs:open";

    /// <summary>What the fields of a record begin with that say how far a part is cut.</summary>
    public const string CutField = "cut:";

    public static string Record(string id) => $"cluster:job:{{{id}}}";

    public static string Items(string id) => $"{Record(id)}:items";

    public static string Claims(string id) => $"{Record(id)}:claims";

    public static string Attempts(string id) => $"{Record(id)}:attempts";

    public static string Results(string id) => $"{Record(id)}:results";

    public static string Placements(string id) => $"{Record(id)}:placements";

    public static string Submission(string idempotencyKey) => $"cluster:submission:{idempotencyKey}";
}
