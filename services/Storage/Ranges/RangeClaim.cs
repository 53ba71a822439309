namespace Cluster.Storage.Ranges;

/// <summary>What a worker learns when it claims a range.</summary>
public enum RangeClaim
{
    /// <summary>It is to compute the range.</summary>
    Begun,

    /// <summary>The result is there already.</summary>
    Recorded,

    /// <summary>The job ended, or the range belongs to a cut that is no more.</summary>
    Superseded,

    /// <summary>Too many claimants left without a result.</summary>
    Poisoned,
}
