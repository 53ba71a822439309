using System.Diagnostics;
using Cluster.Contracts.Jobs.V1;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Jobs;

/// <summary>
/// The spans of one job as one chief runs it. The job's own lasts from the start of its runner to its end, in the trace of its
/// submission; beneath it is what is done for the job. Owned by the job's runner.
/// </summary>
/// <remarks>
/// A job of a million items would make a trace that nobody can read. Its own trace takes the first <see cref="MaxItems"/> items, and its
/// start and end; after that one stretch of work in a <see cref="SamplePeriod"/> is a trace of its own, linked to the job's span, and the
/// others make no spans. What the runner does at each of its turns makes none at all.
/// </remarks>
internal sealed class JobTrace(JobRecord job, TimeProvider time)
{
    /// <summary>Items after which the job's own trace takes no more.</summary>
    public const int MaxItems = 100;

    /// <summary>Of a longer job, one stretch in this time is traced.</summary>
    public static readonly TimeSpan SamplePeriod = TimeSpan.FromMinutes(1);

    private static readonly ActivitySource Source = new("Cluster.Coordinator");

    private Activity? _job;
    // Where the spans of the stretch go: the job's span, that of the stretch itself, or nowhere.
    private ActivityContext? _stretch;
    private long _items;
    private long? _sampledAt;

    /// <summary>The runner begins. It has outlived the call that started it, and its turns belong to no span.</summary>
    public void Start()
    {
        Activity.Current = null;
        _ = ActivityContext.TryParse(job.Trace, null, isRemote: true, out var submission);
        _job = Source.StartActivity($"job {job.Kind}", ActivityKind.Internal, submission)?.SetTag("cluster.job.id", job.Id);
        _stretch = _job?.Context;
        Activity.Current = null;
    }

    /// <summary>The job has ended.</summary>
    public void Ended(JobState state, string error)
    {
        _job?.SetTag("cluster.job.state", state.ToText());
        if (state == JobState.Failed) _job?.SetStatus(ActivityStatusCode.Error, error);
    }

    /// <summary>The runner ends, and with it the job's span.</summary>
    public void Stop() => _job?.Dispose();

    /// <summary>Begins a span of what is done once: the start of a job, its end.</summary>
    public Activity? BeginOnce(string name) => Begin(name, _job?.Context);

    /// <summary>Begins a span of what is done for the stretch of work under way.</summary>
    public Activity? Begin(string name) => Begin(name, _stretch);

    /// <summary>Begins the next stretch of work, and its first span.</summary>
    public Activity? BeginStretch(string name)
    {
        if (_job is null) return null;
        if (_items < MaxItems) return Begin(name);
        _stretch = null;
        if (_sampledAt is { } at && time.GetElapsedTime(at) < SamplePeriod) return null;
        _sampledAt = time.GetTimestamp();
        // Else it would go beneath whatever is current.
        Activity.Current = null;
        var stretch = Source.StartActivity(name, ActivityKind.Internal, parentContext: default, links: [new ActivityLink(_job.Context)]);
        _stretch = stretch?.Context;
        return stretch?.SetTag("cluster.job.id", job.Id);
    }

    /// <summary>Items of the stretch are sent.</summary>
    public void Sent(int items) => _items += items;

    private Activity? Begin(string name, ActivityContext? parent)
        => parent is { } context ? Source.StartActivity(name, ActivityKind.Internal, context)?.SetTag("cluster.job.id", job.Id) : null;
}
