using System.Text;

namespace Cluster.Training.Data;

/// <summary>Texts of a file in messages.</summary>
internal static class DataText
{
    private const int MaxShownChars = 40;

    /// <summary>One short line, quoted.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        string shown = OneLine(text[..Math.Min(text.Length, MaxShownChars)]);
        return text.Length > MaxShownChars ? $"'{shown}…'" : $"'{shown}'";
    }

    /// <summary>The text with its control characters written as in JSON.</summary>
    public static string OneLine(ReadOnlySpan<char> text)
    {
        var line = new StringBuilder(text.Length);
        foreach (char c in text)
            line.Append(char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString());
        return line.ToString();
    }

    /// <inheritdoc cref="Shown(ReadOnlySpan{char})"/>
    public static string Shown(ReadOnlySpan<byte> text) =>
        Shown(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxShownChars)]));
}
