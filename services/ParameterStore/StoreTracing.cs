using System.Diagnostics;

namespace Cluster.ParameterStore;

/// <summary>The spans of what a ps task does for a job beside its answers: loading and writing. Pushes and steps have none.</summary>
internal static class StoreTracing
{
    private static readonly ActivitySource Source = new("Cluster.ParameterStore");

    /// <param name="name">What is done: <c>snapshot write</c>.</param>
    /// <param name="job">For which job.</param>
    /// <param name="task">Index of the ps task.</param>
    /// <param name="call">The call that it was done for; none for no span.</param>
    public static Activity? Begin(string name, string job, int task, ActivityContext call)
        => call == default ? null : Source.StartActivity(name, ActivityKind.Internal, call)?.SetTag("cluster.job.id", job).SetTag("cluster.task", task);
}
