namespace Cluster.Contracts.Jobs;

/// <summary>What a committed model comes to over a set of examples.</summary>
public sealed record EvaluationFigures
{
    /// <summary>Clock of the commit.</summary>
    public required long Clock { get; init; }

    /// <summary>Over which examples.</summary>
    public required EvaluationSet Set { get; init; }

    /// <summary>How many there are.</summary>
    public required long Examples { get; init; }

    /// <summary>Means over the examples by name of the metric.</summary>
    public required IReadOnlyDictionary<string, double> Values { get; init; }

    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order, lower-case hexadecimal.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>Which examples a model is evaluated on.</summary>
public enum EvaluationSet
{
    /// <summary>Those it is trained on.</summary>
    Training,

    /// <summary>Those that were held out.</summary>
    HeldOut,
}

/// <summary>Names of the sets in JSON and on terminals.</summary>
public static class EvaluationSets
{
    public const string Training = "training", HeldOut = "held-out";

    public static string NameOf(EvaluationSet set) => set == EvaluationSet.HeldOut ? HeldOut : Training;
}
