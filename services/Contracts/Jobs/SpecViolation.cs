using Cluster.Contracts.Text;

namespace Cluster.Contracts.Jobs;

/// <summary>One thing that is wrong with a submitted spec.</summary>
/// <param name="Field">Name of the field, as in the spec's JSON: <c>points</c>.</param>
/// <param name="Value">The value that was given.</param>
/// <param name="Limit">What would be right: <c>must be from 1 to 1000</c>.</param>
public sealed record SpecViolation(string Field, string Value, string Limit)
{
    /// <summary>Characters of a value that are shown or sent; a longer one is cut.</summary>
    public const int MaxShownValue = 256;

    /// <summary>The value that was given; empty where none was, as in a spec that was read from a file and has null.</summary>
    public string Value { get; init; } = Value ?? "";

    /// <summary>The value as one line of at most <see cref="MaxShownValue"/> characters and an ellipsis.</summary>
    public string ShownValue => Shown(Value);

    /// <summary>The limit as one line.</summary>
    public string ShownLimit => OneLineText.Of(Limit);

    /// <summary><c>field: value: limit</c>, one line.</summary>
    public override string ToString() => $"{Field}: {(Value.Length == 0 ? "''" : ShownValue)}: {ShownLimit}";

    /// <summary>Any text from elsewhere as one line of at most <see cref="MaxShownValue"/> characters and an ellipsis.</summary>
    public static string Shown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OneLineText.Of(text, MaxShownValue);
    }
}
