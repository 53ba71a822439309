using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Client.Jobs;

/// <summary>Result of a Monte Carlo pricing of an option.</summary>
/// <param name="Paths">Paths drawn: what was asked for, rounded up to a multiple of two.</param>
/// <param name="Seed">Key of the generator.</param>
/// <param name="Price">Discounted mean of what the paths pay; the same bits wherever the job ran.</param>
/// <param name="StandardError">Of the price: the standard deviation of what the paths pay, discounted, over √Paths.</param>
/// <param name="Elapsed">From start to end of the job, by the coordinator's clock.</param>
/// <param name="JobId">The job.</param>
public sealed record PriceResult(long Paths, ulong Seed, double Price, double StandardError, TimeSpan Elapsed, string JobId)
{
    /// <summary>Whether a job was submitted as a <see cref="PriceSpec"/>, or as the computation of that name.</summary>
    public static bool IsPrice(JobInfo job)
        => job is { Kind: JobKinds.Computation, Spec: { ValueKind: JsonValueKind.Object } spec }
            && spec.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(PriceSpec.ComputationName);

    /// <summary>Reads the result of a pricing job that succeeded.</summary>
    /// <exception cref="ClusterException">The job is no such job, or its record cannot be read.</exception>
    public static PriceResult FromJob(JobInfo job)
    {
        if (!IsPrice(job) || job is not { State: JobState.Succeeded, Result: { } result, Spec: { } spec })
            throw new ClusterException($"job {job.Id} is not a pricing job with a result");

        try
        {
            return result.Deserialize<Estimate>(SpecJson.Options) is { Paths: > 0, StandardError: >= 0 } estimate
                ? new PriceResult(estimate.Paths, ReadSeed(spec), estimate.Price, estimate.StandardError, job.Elapsed, job.Id)
                : throw new ClusterException($"job {job.Id}: {result.GetRawText()} is no price");
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {job.Id}: its record cannot be read: {e.Message}", e);
        }
    }

    private static ulong ReadSeed(JsonElement spec)
        => spec.Deserialize<ComputationSpec>(SpecJson.Options)!.Arguments.Deserialize<Arguments>(SpecJson.Options)!.Seed;

    private sealed record Estimate
    {
        public required long Paths { get; init; }

        public required double Price { get; init; }

        public required double StandardError { get; init; }
    }

    private sealed record Arguments
    {
        public required ulong Seed { get; init; }
    }
}
