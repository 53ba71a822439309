namespace Cluster.Protocol.Shards;

/// <summary>What became of a push or a request.</summary>
public enum PushOutcome
{
    /// <summary>Taken: the parameters after this step follow when the step is complete.</summary>
    Admitted,

    /// <summary>These lanes contributed this clock before; parameters are delivered all the same.</summary>
    Duplicate,

    /// <summary>The clock lies ahead of the lanes: go back to the expected one.</summary>
    Rewind,

    /// <summary>The clock lies beyond the segment that is open: push again later.</summary>
    AtLimit,

    /// <summary>The task does not serve this newer generation yet: push again later.</summary>
    NotReady,

    /// <summary>The generation is over: give up what belongs to it.</summary>
    Superseded,

    /// <summary>A gradient or parameter is not finite: the job fails.</summary>
    Diverged,

    /// <summary>The header names no block of the job, or a count or clock below 0.</summary>
    Malformed,

    /// <summary>Computed on parameters that are further behind than the job's staleness allows: compute it again on newer ones.</summary>
    Stale,
}

/// <summary>The answer to a push.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Expected">The next clock that the task takes from these lanes; in synchronous mode also its version.</param>
/// <param name="Displaced">Another worker, and not this one, contributed these lanes at this clock.</param>
/// <param name="Completed">This push completed a step, or moved the slowest lane on: the workers in <see cref="Shard.Released"/> get its parameters.</param>
public readonly record struct PushAnswer(PushOutcome Outcome, long Expected, bool Displaced = false, bool Completed = false)
{
    /// <summary>Whether the parameters that the pusher waits for are there now.</summary>
    public bool Deliver { get; init; }
}

/// <summary>The answer to a request for parameters.</summary>
/// <param name="Outcome"><see cref="PushOutcome.Admitted"/> where it is served now or when the step completes.</param>
/// <param name="Version">The version to send now; -1 for none yet.</param>
public readonly record struct ParametersAnswer(PushOutcome Outcome, long Version);
