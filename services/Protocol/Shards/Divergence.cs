using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Shards;

/// <summary>The first value that is not finite: which ends the job.</summary>
/// <param name="Lanes">The lanes whose gradient holds it, or all lanes where the update of finite gradients overflowed.</param>
/// <param name="Clock">The clock of the step.</param>
/// <param name="Offset">Its place in the task's range of parameters.</param>
/// <param name="InGradient">Whether a pushed gradient holds it; otherwise the updated parameters or slots.</param>
public sealed record Divergence(LaneBlock Lanes, long Clock, int Offset, bool InGradient)
{
    public override string ToString() =>
        $"{(InGradient ? "gradient" : "parameter")} {Offset} of the range is not finite at clock {Clock}, {Lanes}";
}
