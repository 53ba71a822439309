using Cluster.Protocol.Parameters;

namespace Cluster.Contracts.Messages;

/// <summary>Command to a worker: read the job's last commit, compute its loss over the data set, record the job's result.</summary>
public sealed record EvaluateModel
{
    public required string JobId { get; init; }

    /// <summary>Generation of the job now.</summary>
    public required Generation Generation { get; init; }

    /// <summary>Clock of the commit that is meant.</summary>
    public required long Clock { get; init; }
}
