using System.Text;

namespace Cluster.Training.Data;

/// <summary>Texts of a file in messages.</summary>
internal static class DataText
{
    private const int MaxShownChars = 40;

    /// <summary>One short line, quoted.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        var line = new StringBuilder("'");
        foreach (char c in text[..Math.Min(text.Length, MaxShownChars)])
            line.Append(char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString());
        return line.Append(text.Length > MaxShownChars ? "…'" : "'").ToString();
    }

    /// <inheritdoc cref="Shown(ReadOnlySpan{char})"/>
    public static string Shown(ReadOnlySpan<byte> text) =>
        Shown(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxShownChars)]));
}
