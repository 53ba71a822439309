namespace Cluster.Storage.Jobs;

/// <summary>What became of a transition.</summary>
public enum TransitionAnswer
{
    Done,

    /// <summary>Another chief runs the job.</summary>
    Fenced,

    /// <summary>The job was in another state than expected, or has no result to succeed with.</summary>
    Refused,

    /// <summary>There is no such job.</summary>
    Missing,
}
