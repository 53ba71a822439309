namespace Cluster.Benchmarks.Exchange;

/// <summary>What throw-away programs with the same technique reached on two cores that both sides shared, medians ±15 %.</summary>
internal static class Prototypes
{
    public const string OneAsynchronous = "8,400-10,000 updates/s, p50 96-117 us";
    public const string EightAsynchronous = "42,000 updates/s";
    public const string NullStep = "p50 260-320 us";
    public const string OneMebiFloats = "push 0.62, pull 0.78 GB/s: 0.69 both ways, about 12,100 us";
    public const string Redis = "16 MiB by one MULTI 13 ms, 1.3 GB/s; about 0.1 GB/s sustained where Redis appends to a file";
    public const string None = "not measured";
}
