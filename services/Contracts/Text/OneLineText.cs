using System.Globalization;
using System.Text;

namespace Cluster.Contracts.Text;

/// <summary>Texts from elsewhere in messages: one line in which everything can be seen.</summary>
public static class OneLineText
{
    /// <summary>
    /// The text with what cannot be seen written as in JSON, <c>\u00a0</c>: control and format characters, blanks other
    /// than a space, half surrogate pairs, characters that are drawn as nothing.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxChars">Characters of it that are shown; behind them stands an ellipsis.</param>
    public static string Of(ReadOnlySpan<char> text, int maxChars = int.MaxValue)
    {
        var shown = text[..Math.Min(text.Length, maxChars)];
        if (shown.Length < text.Length && char.IsHighSurrogate(shown[^1])) shown = shown[..^1];
        var line = new StringBuilder(shown.Length + 1);
        while (!shown.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf16(shown, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            Append(line, shown[..length], isWhole && IsVisible(rune));
            shown = shown[length..];
            text = text[length..];
        }

        return text.IsEmpty ? line.ToString() : line.Append('…').ToString();
    }

    private static void Append(StringBuilder line, ReadOnlySpan<char> chars, bool isVisible)
    {
        if (isVisible)
        {
            line.Append(chars);
            return;
        }

        foreach (var c in chars) line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || (!IsDrawnAsNothing(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator));

    // Joiners, fillers and variation selectors, which have other categories (Unicode, Default_Ignorable_Code_Point); the empty braille pattern.
    private static bool IsDrawnAsNothing(int character) => character is 0x34F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
        or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);
}
