namespace Cluster.Contracts.Jobs;

/// <summary>Names of what a training job measures on its way.</summary>
public static class SummaryNames
{
    /// <summary>Mean loss of the batches of a segment, each at the parameters of its clock.</summary>
    public const string Loss = "loss";

    /// <summary>Examples contributed a second, from one commit to the next.</summary>
    public const string ExamplesPerSecond = "examples_per_second";

    /// <summary>Seconds a step took, from one commit to the next.</summary>
    public const string StepSeconds = "step_seconds";

    /// <summary>Mean age, in clocks, of the gradients applied since the last point; of modes that apply old ones.</summary>
    public const string Staleness = "staleness";

    /// <summary>Blocks handed to waiting workers since the last point.</summary>
    public const string Steals = "steals";

    /// <summary>Pushes that were not admitted since the last point.</summary>
    public const string Refusals = "refusals";

    /// <summary>Begin of the names of an evaluation's metrics: <c>evaluation/loss</c>.</summary>
    public const string Evaluation = "evaluation/";
}
