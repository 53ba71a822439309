namespace Cluster.Cli.Parsing;

/// <summary>The name that somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest name if at most a third of its letters differ, else null.</summary>
    public static string? Find(string text, IEnumerable<string> names)
        => names.Select(name => (name, distance: Distance(text, name)))
            .Where(n => n.distance <= Math.Max(1, n.name.TrimStart('-').Length / 3))
            .OrderBy(n => n.distance)
            .Select(n => n.name)
            .FirstOrDefault();

    /// <summary><c>; did you mean sync?</c>, or nothing.</summary>
    public static string Hint(string text, IEnumerable<string> names) => Find(text, names) is { } near ? $"; did you mean {near}?" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (Damerau 1964, optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
