using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;

namespace Cluster.Coordinator.Evaluations;

/// <summary>What one round evaluates.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Sets">The rows it is evaluated on.</param>
/// <param name="WithParameters">Whether to spell the parameters out.</param>
internal sealed record EvaluationTask(string JobId, CommitManifest Commit, IReadOnlyList<EvaluationSet> Sets, bool WithParameters);
