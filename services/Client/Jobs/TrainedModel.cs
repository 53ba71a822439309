using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Client.Jobs;

/// <summary>What a training job came to.</summary>
public sealed record TrainedModel
{
    /// <summary>How gradients were applied, one of <see cref="TrainingNames.Modes"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>Logical workers, at least 1.</summary>
    public required int Lanes { get; init; }

    /// <summary>Clock of all lanes.</summary>
    public required long Steps { get; init; }

    /// <summary>Examples contributed, as the ps tasks counted them when they applied them.</summary>
    public required long Examples { get; init; }

    /// <summary>Mean loss over the training set at the final parameters; over rows that were held out it is in <see cref="LastEvaluation"/>.</summary>
    public required double Loss { get; init; }

    /// <inheritdoc cref="TrainingProgress.Warnings"/>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Values by name of the tensor, in layout order; null where there are more than
    /// <see cref="TrainingResult.MaxParameters"/>.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<float>>? Parameters { get; init; }

    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order, lower-case hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Why it ended: <c>epochs</c>, <c>steps</c>, or what was decided on the way; empty where that is not on record.</summary>
    public string End { get; init; } = "";

    /// <summary>The evaluation of the last commit; null where it was evaluated at its end only.</summary>
    public EvaluationFigures? LastEvaluation { get; init; }

    /// <summary>The evaluation of the best commit, which is kept; null as above.</summary>
    public EvaluationFigures? BestEvaluation { get; init; }

    /// <summary>From start to end of the job, by the coordinator's clock.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required string JobId { get; init; }

    /// <summary>Reads the result of a training job that succeeded, or was cancelled when it had something to commit.</summary>
    /// <exception cref="ClusterException">The job is no such job, or its record cannot be read.</exception>
    public static TrainedModel FromJob(JobInfo job)
    {
        if (job is not { Kind: JobKinds.Training, State: JobState.Succeeded or JobState.Cancelled, Result: { } json })
            throw new ClusterException($"job {job.Id} is not a training job with a result");

        try
        {
            return json.Deserialize<TrainingResult>(SpecJson.Options) is { } result && CanBe(result)
                ? FromResult(job, result)
                : throw new ClusterException($"job {job.Id}: its result is none of a training job");
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {job.Id}: its record cannot be read: {e.Message}", e);
        }
    }

    /// <summary>JSON may say null, or a number beyond the range of its type, where neither can be.</summary>
    private static bool CanBe(TrainingResult result)
        => result is { Mode: not null, Lanes: >= 1, Steps: >= 0, Examples: >= 0, Fingerprint.Length: > 0 }
            && double.IsFinite(result.Loss)
            && result.Parameters?.Values.All(v => v is not null && v.All(float.IsFinite)) != false;

    private static TrainedModel FromResult(JobInfo job, TrainingResult result) => new()
    {
        Mode = result.Mode,
        Lanes = result.Lanes,
        Steps = result.Steps,
        Examples = result.Examples,
        Loss = result.Loss,
        Warnings = result.Warnings ?? [],
        Parameters = result.Parameters,
        Fingerprint = result.Fingerprint,
        End = result.End,
        LastEvaluation = result.LastEvaluation,
        BestEvaluation = result.BestEvaluation,
        Elapsed = job.Elapsed,
        JobId = job.Id,
    };
}
