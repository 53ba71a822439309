using System.Text.Json;

namespace Cluster.Client.Jobs;

/// <summary>Result of a computation.</summary>
/// <param name="Value">What its merge gave, as JSON.</param>
/// <param name="Elapsed">From start to end of the job, by the coordinator's clock.</param>
/// <param name="JobId">The job.</param>
public sealed record ComputationResult(JsonElement Value, TimeSpan Elapsed, string JobId);
