namespace Cluster.Protocol.Parameters;

/// <summary>The number of a job's incarnation: each recovery starts the next one, all traffic carries it.</summary>
/// <param name="Counter">Orders generations; 0 is none.</param>
/// <param name="Random">Tells apart two generations that a store which lost its last second numbered alike.</param>
public readonly record struct Generation(long Counter, ulong Random)
{
    public static Generation None => default;

    public override string ToString() => $"{Counter}:{Random:x8}";
}
