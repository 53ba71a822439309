namespace Cluster.Contracts.Jobs;

/// <summary>One thing that is wrong with a submitted spec.</summary>
/// <param name="Field">Name of the field, as in the spec's JSON: <c>points</c>.</param>
/// <param name="Value">The value that was given.</param>
/// <param name="Limit">What would be right: <c>must be from 1 to 1000</c>.</param>
public sealed record SpecViolation(string Field, string Value, string Limit)
{
    public override string ToString() => $"{Field}: {Value}: {Limit}";
}
