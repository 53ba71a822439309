using Cluster.Contracts.Jobs.V1;

namespace Cluster.Storage.Jobs;

/// <summary>States of jobs as the record spells them.</summary>
public static class JobStates
{
    public static string ToText(this JobState state) => state switch
    {
        JobState.Pending => "pending",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state of a job"),
    };

    public static JobState Parse(string text) => text switch
    {
        "pending" => JobState.Pending,
        "running" => JobState.Running,
        "succeeded" => JobState.Succeeded,
        "failed" => JobState.Failed,
        "cancelled" => JobState.Cancelled,
        _ => throw new FormatException($"'{text}' is not a state of a job"),
    };
}
