using Cluster.Contracts.Jobs;

namespace Cluster.Client.Jobs;

/// <summary>How far a training job is, and what it took so far.</summary>
public sealed record TrainingProgress
{
    /// <summary>State, steps done, steps a second, and what the job waits for. Its unit is <c>steps</c>.</summary>
    public required JobProgress Job { get; init; }

    /// <summary>Clock of the slowest lane.</summary>
    public long Step => Job.Done;

    /// <summary>Steps in all, as they are planned; 0 while that is not known. Of a job that succeeded those that it took, which may be fewer.</summary>
    public long Steps => Job.Total;

    /// <summary>Logical workers; 0 before the job has begun.</summary>
    public int Lanes { get; init; }

    /// <summary>Ps tasks that hold the parameters; 0 before the job has begun.</summary>
    public int ParameterStores { get; init; }

    /// <summary>Clock of the last commit: no failure takes the job back behind it.</summary>
    public long CommittedClock { get; init; }

    /// <summary>Examples contributed up to the last commit.</summary>
    public long CommittedExamples { get; init; }

    public long Segments { get; init; }

    public long Commits { get; init; }

    /// <summary>Incarnations of the job: 1 where nothing had to be recovered, 0 before the job has begun.</summary>
    public long Generations { get; init; }

    /// <summary>Blocks that were handed to waiting workers.</summary>
    public long Steals { get; init; }

    /// <summary>
    /// Pushes that were not admitted, by reason; <c>Unsent</c> are gradients that could not be handed to a ps task as the
    /// stream was broken, <c>Resent</c> times that one was asked again for an answer.
    /// </summary>
    public IReadOnlyDictionary<string, long> Refusals { get; init; } = new Dictionary<string, long>();

    /// <summary>Mean loss of the training batches of the last segment, whether or not rows are held out, each at the parameters of its clock;
    /// null before the first ends.</summary>
    public double? Loss { get; init; }

    /// <summary>Examples contributed now, as the ps tasks count them.</summary>
    public long Examples { get; init; }

    /// <summary>Examples of a whole step, all lanes together: the effective batch. 0 before the job has begun.</summary>
    public long StepExamples { get; init; }

    /// <summary>Steps that take every example once; 0 before the job has begun.</summary>
    public long StepsPerEpoch { get; init; }

    /// <summary>
    /// Applied gradients by how many clocks the parameters that they were computed on were behind them, from 0; counted at
    /// each ps task, those of work that had to be done again included. The 66th is for all above 64. Empty in mode sync.
    /// </summary>
    public IReadOnlyList<long> Staleness { get; init; } = [];

    /// <summary>How long the whole job takes at the rate of its first steps, compilation included; null before they are done.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>Steps by which <see cref="Expected"/> was measured.</summary>
    public long ExpectedFromSteps { get; init; }

    /// <summary>Examples a second over the last seconds; 0 while that is not known.</summary>
    public double ExamplesRate { get; init; }

    /// <summary>The newest evaluation; null before the first, and where the job is evaluated at its end only.</summary>
    public EvaluationFigures? LastEvaluation { get; init; }

    /// <summary>The evaluation of the best commit, which is kept; null as above.</summary>
    public EvaluationFigures? BestEvaluation { get; init; }

    /// <summary>Why the job ends before its last epoch, once that is decided; else empty.</summary>
    public string EndReason { get; init; } = "";

    /// <summary>What the user ought to look at, a line each: in the data, and in how the loss went.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
