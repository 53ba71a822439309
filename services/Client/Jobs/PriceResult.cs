using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Client.Jobs;

/// <summary>Result of a Monte Carlo pricing of an option.</summary>
/// <param name="Paths">Paths drawn: what was asked for, rounded up to a multiple of two.</param>
/// <param name="Seed">Key of the generator.</param>
/// <param name="Paying">Paths that pay more than 0.</param>
/// <param name="Price">Discounted mean of what the paths pay; the same bits wherever the job ran.</param>
/// <param name="StandardError">
/// Of the price: the standard deviation of what the paths pay, discounted, over √Paths. Null where <paramref name="Warnings"/> say
/// why there is none that could be relied on.
/// </param>
/// <param name="ClosedForm">The exact price of a European option (Black and Scholes 1973); null for an Asian one.</param>
/// <param name="PayoffChanceAtMost">
/// Where there are warnings, the upper limit of the chance that a path pays, with 95 % confidence (Clopper and Pearson 1934:
/// the chance under which no more than <paramref name="Paying"/> of the paths would pay with a probability of 5 %); else null.
/// </param>
/// <param name="Warnings">
/// One line each, where price ± standard error would mislead: fewer than 100 paths pay, volatility·√maturity is above 3, or the
/// paths are fewer than 25 times the squared skewness of what they pay (Cochran 1977).
/// </param>
/// <param name="Elapsed">From start to end of the job, by the coordinator's clock.</param>
/// <param name="JobId">The job.</param>
public sealed record PriceResult(
    long Paths,
    ulong Seed,
    long Paying,
    double Price,
    double? StandardError,
    double? ClosedForm,
    double? PayoffChanceAtMost,
    IReadOnlyList<string> Warnings,
    TimeSpan Elapsed,
    string JobId)
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
            return result.Deserialize<Estimate>(SpecJson.Options) is { IsPossible: true } estimate
                ? FromEstimate(job, estimate, ReadSeed(spec))
                : throw new ClusterException($"job {job.Id}: {result.GetRawText()} is no price");
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {job.Id}: its record cannot be read: {e.Message}", e);
        }
    }

    private static PriceResult FromEstimate(JobInfo job, Estimate estimate, ulong seed) => new(
        estimate.Paths, seed, estimate.Paying, estimate.Price, estimate.StandardError, estimate.ClosedForm, estimate.PayoffChanceAtMost,
        estimate.Warnings, job.Elapsed, job.Id);

    private static ulong ReadSeed(JsonElement spec)
        => spec.Deserialize<ComputationSpec>(SpecJson.Options)!.Arguments.Deserialize<Arguments>(SpecJson.Options)!.Seed;

    private sealed record Estimate
    {
        public required long Paths { get; init; }

        public required long Paying { get; init; }

        public required double Price { get; init; }

        public required double? StandardError { get; init; }

        public required double? ClosedForm { get; init; }

        public required double? PayoffChanceAtMost { get; init; }

        public required IReadOnlyList<string> Warnings { get; init; }

        // There is a standard error, or a bound and a reason in its place.
        public bool IsPossible => Paths > 0 && Paying >= 0 && Paying <= Paths
            && (StandardError is null ? PayoffChanceAtMost is >= 0 and <= 1 && Warnings is { Count: > 0 } : StandardError >= 0 && Warnings is []);
    }

    private sealed record Arguments
    {
        public required ulong Seed { get; init; }
    }
}
