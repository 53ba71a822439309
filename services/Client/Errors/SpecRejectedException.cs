using Cluster.Contracts.Jobs;

namespace Cluster.Client.Errors;

/// <summary>A spec is wrong; nothing was started. Every violation is listed, by field.</summary>
public sealed class SpecRejectedException(IReadOnlyList<SpecViolation> violations, Exception? innerException = null)
    : ClusterException(string.Join("; ", violations), innerException)
{
    /// <summary>What is wrong, at least one.</summary>
    public IReadOnlyList<SpecViolation> Violations { get; } = violations;

    /// <exception cref="SpecRejectedException">There are violations.</exception>
    public static void ThrowIfAny(IReadOnlyList<SpecViolation> violations)
    {
        ArgumentNullException.ThrowIfNull(violations);
        if (violations.Count > 0) throw new SpecRejectedException(violations);
    }
}
