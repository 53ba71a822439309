using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;

namespace Cluster.Coordinator.Planning;

/// <summary>A training job that a chief runs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Owner">Token of the chief, as the job's record holds it.</param>
/// <param name="Spec">What was submitted.</param>
internal sealed record TrainingJob(string Id, string Owner, TrainingSpec Spec)
{
    /// <summary>The chief's token as the protocol has it.</summary>
    public CoordinatorToken Token => TokenOf(Owner);

    public static CoordinatorToken TokenOf(string lease)
    {
        var token = Generation.Parse(lease);
        return new CoordinatorToken(token.Counter, token.Random);
    }
}
