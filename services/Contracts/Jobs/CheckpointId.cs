using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cluster.Contracts.Jobs;

/// <summary>How people name a checkpoint: <c>JOB</c> for a job's last commit, <c>JOB@CLOCK</c> for the one at a clock,
/// or the name of a kept or imported one.</summary>
/// <param name="Name">A job's id, or a checkpoint's name.</param>
/// <param name="Clock">Null for the last commit, and for a name.</param>
public readonly record struct CheckpointId(string Name, long? Clock)
{
    /// <summary>What a text must be.</summary>
    public const string Form = "must be JOB, JOB@CLOCK or the name of a kept checkpoint";

    /// <summary>What a name must be.</summary>
    public static readonly string NameForm = $"must be 1 to {TrainingSpec.MaxNameLength} lower-case letters, digits or '-'";

    public static bool IsWellFormed(string? text) => TryParse(text, out _);

    /// <summary>Whether a checkpoint can have this name.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= TrainingSpec.MaxNameLength } && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public static bool TryParse([NotNullWhen(true)] string? text, out CheckpointId id)
    {
        id = default;
        if (text is null) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? text : text[..at];
        long clock = 0;
        if (!IsName(name) || (at >= 0 && !long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out clock))) return false;
        id = new CheckpointId(name, at < 0 ? null : clock);
        return true;
    }

    public override string ToString() => Clock is { } clock ? string.Create(CultureInfo.InvariantCulture, $"{Name}@{clock}") : Name;
}
