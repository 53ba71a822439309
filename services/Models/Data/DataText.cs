using System.Text;
using Cluster.Contracts.Text;

namespace Cluster.Models.Data;

/// <summary>Texts of a file in messages.</summary>
internal static class DataText
{
    private const int MaxShownChars = 40;

    /// <summary>One short line, quoted.</summary>
    public static string Shown(ReadOnlySpan<char> text) => $"'{OneLineText.Of(text, MaxShownChars)}'";

    /// <inheritdoc cref="Shown(ReadOnlySpan{char})"/>
    public static string Shown(ReadOnlySpan<byte> text) =>
        Shown(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxShownChars)]));
}
