using System.Diagnostics;
using Cluster.ServiceDefaults.Telemetry;
using OpenTelemetry.Trace;

namespace Cluster.ServiceDefaults.Tests.Telemetry;

public sealed class TraceRootsTests
{
    private static readonly ActivityTraceId Trace = ActivityTraceId.CreateRandom();

    [Theory]
    [InlineData(ActivityKind.Server, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Internal, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Client, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Producer, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Consumer, SamplingDecision.Drop)]
    public void Rule_WithoutParent_TakesCallsAndWhatBeginsHere(ActivityKind kind, SamplingDecision decision)
        => Assert.Equal(decision, Decide(default, kind));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rule_WithParent_GoesByTheParent(bool isRemote)
    {
        var recorded = new ActivityContext(Trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: isRemote);
        var dropped = new ActivityContext(Trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: isRemote);

        Assert.All(Enum.GetValues<ActivityKind>(), kind => Assert.Equal(SamplingDecision.RecordAndSample, Decide(recorded, kind)));
        Assert.All(Enum.GetValues<ActivityKind>(), kind => Assert.Equal(SamplingDecision.Drop, Decide(dropped, kind)));
    }

    private static SamplingDecision Decide(ActivityContext parent, ActivityKind kind)
        => TraceRoots.Rule().ShouldSample(new SamplingParameters(parent, Trace, "name", kind)).Decision;
}
