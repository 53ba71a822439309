using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Cluster.Cli.Telemetry;

/// <summary>
/// Traces begin with what a user asked for. A call on its own, such as a list or a watch, which is asked again and again, is part of
/// nothing and makes no span, here or in the cluster.
/// </summary>
internal sealed class AskedForSampler : Sampler
{
    public static Sampler Rule() => new ParentBasedSampler(new AskedForSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        => new(samplingParameters.Kind == ActivityKind.Internal ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
