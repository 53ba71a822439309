namespace Cluster.Protocol.Lanes;

/// <summary>Which examples each lane takes at each clock: a pure function, so that any worker can compute any batch.</summary>
/// <remarks>
/// Step k of an epoch takes its positions [k·L·B, min(N, (k+1)·L·B)), split evenly over the lanes; the last step's
/// shares may be short or empty. An empty share advances the lane's clock without a contribution.
/// <para>
/// With H local steps a step is a round and takes L·B·H positions. A lane goes through its share in batches of B, the
/// last one what is left: so a short share means fewer local steps, and every example is still taken once an epoch.
/// </para>
/// </remarks>
public sealed class EpochSchedule
{
    /// <param name="examples">Examples N of the data set, at least 1.</param>
    /// <param name="lanes">Lanes L, 1 to 256.</param>
    /// <param name="batch">Examples B a lane and step, at least 1.</param>
    /// <param name="epochs">Passes of all lanes together over the data, at least 1.</param>
    /// <param name="localSteps">Batches H that a lane takes in one step, at least 1.</param>
    /// <param name="steps">Steps after which all lanes have finished, however many epochs they take; 0 for the epochs.</param>
    public EpochSchedule(long examples, int lanes, int batch, int epochs, int localSteps = 1, long steps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, BlockTree.MaxLanes);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(localSteps, 1);
        Examples = examples;
        Lanes = lanes;
        Batch = batch;
        StepExamples = checked((long)lanes * batch * localSteps);
        StepsPerEpoch = ((examples - 1) / StepExamples) + 1;
        TotalClocks = steps > 0 ? steps : checked(StepsPerEpoch * epochs);
    }

    public long Examples { get; }

    public int Lanes { get; }

    /// <summary>Examples B of a whole batch.</summary>
    public int Batch { get; }

    /// <summary>Examples of a full step, L·B·H.</summary>
    public long StepExamples { get; }

    public long StepsPerEpoch { get; }

    /// <summary>The clock at which each lane has finished.</summary>
    public long TotalClocks { get; }

    /// <summary>The epoch and its positions that all lanes together take at a clock.</summary>
    public EpochShare Step(long clock)
    {
        var start = clock % StepsPerEpoch * StepExamples;
        return new EpochShare(clock / StepsPerEpoch, start, Math.Min(start + StepExamples, Examples));
    }

    /// <summary>The epoch and its positions that one lane takes at a clock; empty where the last step is too short for it.</summary>
    public EpochShare Share(long clock, int lane)
    {
        var step = Step(clock);
        return step with
        {
            Start = step.Start + (step.Count * lane / Lanes),
            End = step.Start + (step.Count * (lane + 1) / Lanes),
        };
    }

    /// <summary>The part of a lane's share that one of its local steps takes; empty where the share ends before.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="localStep">From 0.</param>
    public EpochShare Share(long clock, int lane, int localStep)
    {
        var share = Share(clock, lane);
        var start = Math.Min(share.Start + ((long)localStep * Batch), share.End);
        return share with { Start = start, End = Math.Min(start + Batch, share.End) };
    }
}

/// <summary>Positions [<paramref name="Start"/>, <paramref name="End"/>) of the example order of an epoch (from 0).</summary>
public readonly record struct EpochShare(long Epoch, long Start, long End)
{
    public long Count => End - Start;
}
