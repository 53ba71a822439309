namespace Cluster.Contracts.Jobs;

/// <summary>What a job is, as its record and the job service name it.</summary>
public static class JobKinds
{
    public const string Pi = "pi";
    public const string Computation = "computation";
    public const string Op = "op";
    public const string Training = "training";
}
