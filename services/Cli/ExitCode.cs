namespace Cluster.Cli;

/// <summary>What the command tells the shell.</summary>
public enum ExitCode
{
    Ok = 0,

    /// <summary>The job failed or was cancelled, or the cluster could not do what was asked.</summary>
    Failed = 1,

    /// <summary>An option, argument or setting is wrong.</summary>
    Usage = 2,

    /// <summary>No cluster runs here, or it does not answer.</summary>
    NoCluster = 3,

    /// <summary>The cluster refused the key, or its certificate is not trusted.</summary>
    Refused = 4,

    /// <summary>There is no such job, checkpoint or task.</summary>
    NoSuchJob = 5,

    /// <summary>It is not known whether the cluster did what was asked, such as accept a job; the message says what tells.</summary>
    Unknown = 6,

    /// <summary>Interrupted: detached from the job, or cancelled it on request.</summary>
    Interrupted = 130,
}
