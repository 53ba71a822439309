using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Client.Jobs;

/// <summary>Result of a Monte Carlo estimate of π.</summary>
/// <param name="Points">Points drawn: what was asked for, rounded up to whole blocks of two.</param>
/// <param name="Seed">Key of the generator.</param>
/// <param name="Inside">Points inside the quarter circle; exact, the same wherever the job ran.</param>
/// <param name="Pi">The estimate, 4·Inside/Points.</param>
/// <param name="StandardError">
/// Of the estimate: 4·√(p(1-p)/Points) with p = Inside/Points, the binomial proportion's; with p = π/4 where all points or none
/// are inside, since few that agree do not mean that there is no error.
/// </param>
/// <param name="Elapsed">From start to end of the job, by the coordinator's clock.</param>
/// <param name="JobId">The job.</param>
public sealed record PiResult(long Points, ulong Seed, long Inside, double Pi, double StandardError, TimeSpan Elapsed, string JobId)
{
    /// <summary>Reads the result of a Pi job that succeeded.</summary>
    /// <exception cref="ClusterException">The job is no such job, or its record cannot be read.</exception>
    public static PiResult FromJob(JobInfo job)
    {
        if (job is not { Kind: JobKinds.Pi, State: JobState.Succeeded, Result: { } result, Spec: { } spec })
            throw new ClusterException($"job {job.Id} is not a Pi job with a result");

        try
        {
            var seed = spec.Deserialize<PiSpec>(SpecJson.Options)?.Seed ?? 0;
            return result.Deserialize<PiTally>(SpecJson.Options) is { Points: > 0, Inside: >= 0 } tally && tally.Inside <= tally.Points
                ? FromTally(job, tally, seed)
                : throw new ClusterException($"job {job.Id}: {result.GetRawText()} is no count of points inside");
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {job.Id}: its record cannot be read: {e.Message}", e);
        }
    }

    private static PiResult FromTally(JobInfo job, PiTally tally, ulong seed)
    {
        var share = (double)tally.Inside / tally.Points;
        var spread = share is 0 or 1 ? Math.PI / 4 : share;
        var error = 4 * Math.Sqrt(spread * (1 - spread) / tally.Points);
        return new PiResult(tally.Points, seed, tally.Inside, 4 * share, error, job.Elapsed, job.Id);
    }
}
