using System.Globalization;

namespace Cluster.Contracts.Messages;

/// <summary>
/// Number of a job's incarnation. A store that lost its last second may hand out a counter twice, so a random number goes
/// with it and generations are compared for equality.
/// </summary>
public readonly record struct Generation(long Counter, ulong Random)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Counter}.{Random:x16}");

    /// <exception cref="FormatException">The text is not <c>counter.hex</c>.</exception>
    public static Generation Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            && ulong.TryParse(text.AsSpan(dot + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var random)
            ? new Generation(counter, random)
            : throw new FormatException($"generation '{text}' is not of the form counter.hex");
    }
}
