namespace Cluster.Coordinator.Jobs;

/// <summary>A job for as long as one chief runs it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Owner">Token of the chief, as the job's record holds it.</param>
internal sealed record JobTerm(string JobId, string Owner);
