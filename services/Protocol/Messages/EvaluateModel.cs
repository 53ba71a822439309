using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>Command to a worker: read a commit of the job, sum its metrics over a range of examples, record the sums.</summary>
public sealed record EvaluateModel
{
    public required string JobId { get; init; }

    /// <summary>Generation that made the commit.</summary>
    public required Generation Generation { get; init; }

    /// <summary>Clock of the commit.</summary>
    public required long Clock { get; init; }

    public EvaluationSet Set { get; init; } = EvaluationSet.Training;

    /// <summary>First example of the set.</summary>
    public required long From { get; init; }

    /// <summary>The example after the last.</summary>
    public required long To { get; init; }

    /// <summary>Whether to spell out the parameters too.</summary>
    public bool WithParameters { get; init; }

    /// <summary>Device spec that the item must run on; empty for any.</summary>
    public string Device { get; init; } = "";

    public ManifestId Commit => new(Generation, Clock);
}
