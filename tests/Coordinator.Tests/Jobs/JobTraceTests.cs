using System.Diagnostics;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Jobs;

public sealed class JobTraceTests : IDisposable
{
    private const string Submission = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly FakeTimeProvider _time = new();
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == "Cluster.Coordinator",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    private readonly JobTrace _trace;

    public JobTraceTests()
    {
        ActivitySource.AddActivityListener(_listener);
        _trace = new JobTrace(Record(Submission), _time);
    }

    public void Dispose()
    {
        _trace.Stop();
        _listener.Dispose();
    }

    [Fact]
    public void Start_WithinACall_LeavesNoSpanForTheRunnersTurns()
    {
        using var call = new Activity("Submit").Start();

        _trace.Start();

        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Begin_FirstItems_GoesIntoTheTraceOfTheSubmissionBeneathTheJob()
    {
        _trace.Start();

        using var stretch = _trace.BeginStretch("ranges publish")!;
        using var once = _trace.BeginOnce("job end")!;

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", stretch.TraceId.ToHexString());
        Assert.Equal(stretch.ParentSpanId, once.ParentSpanId);
        Assert.NotEqual("b7ad6b7169203331", stretch.ParentSpanId.ToHexString());
        Assert.Equal("pi-1", stretch.GetTagItem("cluster.job.id"));
    }

    [Fact]
    public void BeginStretch_AfterTheFirstItems_IsALinkedTraceOnceAMinute()
    {
        _trace.Start();
        _trace.Sent(JobTrace.MaxItems);

        using var first = _trace.BeginStretch("segment advance")!;
        using var its = _trace.Begin("segment publish")!;
        Assert.Null(_trace.BeginStretch("segment advance"));
        Assert.Null(_trace.Begin("segment publish"));
        _time.Advance(JobTrace.SamplePeriod);
        using var second = _trace.BeginStretch("segment advance")!;

        Assert.Equal(default, first.ParentSpanId);
        Assert.Equal(first.SpanId, its.ParentSpanId);
        Assert.NotEqual(first.TraceId, second.TraceId);
        Assert.All([first, second], span => Assert.Equal("0af7651916cd43dd8448eb211c80319c", Assert.Single(span.Links).Context.TraceId.ToHexString()));
    }

    [Fact]
    public void BeginOnce_AfterTheFirstItems_StaysInTheJobsTrace()
    {
        _trace.Start();
        _trace.Sent(JobTrace.MaxItems);
        _trace.BeginStretch("ranges publish")?.Dispose();

        using var end = _trace.BeginOnce("job end")!;

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", end.TraceId.ToHexString());
    }

    [Fact]
    public void Ended_Failed_IsAnErrorOfTheJobsSpan()
    {
        Activity? job = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Cluster.Coordinator",
            ActivityStopped = span => job = span.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c" ? span : job,
        };
        ActivitySource.AddActivityListener(listener);
        _trace.Start();

        _trace.Ended(JobState.Failed, "it threw");
        _trace.Stop();

        Assert.Equal((ActivityStatusCode.Error, "it threw", "failed"), (job!.Status, job.StatusDescription, (string)job.GetTagItem("cluster.job.state")!));
    }

    [Fact]
    public void Begin_NobodyListens_IsNothing()
    {
        _listener.Dispose();
        _trace.Start();

        Assert.Null(_trace.BeginStretch("ranges publish"));
        Assert.Null(_trace.BeginOnce("job end"));
    }

    private static JobRecord Record(string trace) => new()
    {
        Id = "pi-1",
        Kind = "pi",
        State = JobState.Running,
        Spec = "{}",
        Generation = new Generation(1, 1),
        Submitted = DateTimeOffset.UnixEpoch,
        Trace = trace,
    };
}
