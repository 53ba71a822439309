namespace Cluster.Contracts.Jobs;

/// <summary>What counts in the result of a Pi job, <c>{"points":2000,"inside":1572,…}</c>: the rest follows from it.</summary>
/// <param name="Points">Points drawn: the asked-for number rounded up to whole blocks.</param>
/// <param name="Inside">Points inside the quarter circle; π ≈ 4·Inside/Points.</param>
public sealed record PiTally(long Points, long Inside);
