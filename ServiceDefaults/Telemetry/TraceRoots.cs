using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Cluster.ServiceDefaults.Telemetry;

/// <summary>
/// Where traces begin: at a call that a user made (see <see cref="TracedCalls"/>), or where this code says so with an internal span.
/// Scripts, messages and calls to others only go on with the trace that they belong to: housekeeping, which belongs to none, makes none.
/// </summary>
internal sealed class TraceRoots : Sampler
{
    /// <summary>A span is taken where its parent is; of those without, the ones that begin a trace.</summary>
    public static Sampler Rule() => new ParentBasedSampler(new TraceRoots());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        => new(samplingParameters.Kind is ActivityKind.Server or ActivityKind.Internal ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
