namespace Cluster.Contracts.Jobs;

/// <summary>The numbers that a field may have, and how its limit is put into words.</summary>
/// <param name="From">The least, or, where it is excluded, what all exceed.</param>
/// <param name="To">The largest.</param>
/// <param name="IsFromExcluded">Only numbers above <paramref name="From"/>.</param>
public sealed record NumberRange(double From, double To, bool IsFromExcluded = false)
{
    public bool Contains(double value) => (IsFromExcluded ? value > From : value >= From) && value <= To;

    /// <summary><c>from -1 to 1</c>, <c>above 0 and at most 100</c>.</summary>
    public override string ToString() => IsFromExcluded
        ? FormattableString.Invariant($"above {From} and at most {To}")
        : FormattableString.Invariant($"from {From} to {To}");
}
