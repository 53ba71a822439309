using System.Globalization;

namespace Cluster.Protocol.Segments;

/// <summary>The number of a job's incarnation: each recovery starts the next one, all traffic carries it.</summary>
/// <param name="Counter">Orders generations; 0 is none.</param>
/// <param name="Random">Tells apart two generations that a store which lost its last second numbered alike.</param>
public readonly record struct Generation(long Counter, ulong Random)
{
    public static Generation None => default;

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
