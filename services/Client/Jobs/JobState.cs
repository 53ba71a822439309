namespace Cluster.Client.Jobs;

/// <summary>Where a job is in its life.</summary>
public enum JobState
{
    /// <summary>A state that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Accepted, no item handed out yet.</summary>
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

public static class JobStates
{
    /// <summary>Whether a job in this state stays in it.</summary>
    public static bool IsEnd(this JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}
