using System.Diagnostics;

namespace Cluster.Coordinator.Jobs;

/// <summary>
/// One trace a submission: what a job does in its first minute belongs to it. A longer job starts new traces that link to
/// the submission, since a trace of a million spans is of no use.
/// </summary>
internal static class JobTracing
{
    private static readonly ActivitySource Source = new("Cluster.Coordinator");
    private static readonly TimeSpan OneTrace = TimeSpan.FromMinutes(1);

    public static Activity? Start(string name, JobRecord job, TimeProvider time)
    {
        if (!ActivityContext.TryParse(job.Trace, null, isRemote: true, out var submission)) return Source.StartActivity(name);
        var activity = time.GetUtcNow() - job.Submitted < OneTrace
            ? Source.StartActivity(name, ActivityKind.Producer, submission)
            : Source.StartActivity(name, ActivityKind.Producer, parentContext: default, links: [new ActivityLink(submission)]);
        return activity?.SetTag("cluster.job.id", job.Id);
    }
}
