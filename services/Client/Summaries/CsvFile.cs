using System.Globalization;
using System.Text;

namespace Cluster.Client.Summaries;

/// <summary>Summaries as a CSV file: columns <c>step</c>, <c>time</c>, then each value by name; a cell is empty where a point has no such value.</summary>
public static class CsvFile
{
    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="points">The points, in order.</param>
    /// <param name="overwrite">Replace a file that is there.</param>
    /// <exception cref="IOException">The file cannot be written, or is there already.</exception>
    public static void Write(string path, IReadOnlyList<SummaryPoint> points, bool overwrite = false) => WholeFile.Write(path, overwrite, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        Write(text, points);
    });

    /// <summary>Writes the header, then a line for each point.</summary>
    public static void Write(TextWriter text, IReadOnlyList<SummaryPoint> points)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(points);
        string[] names = [.. points.SelectMany(point => point.Values.Keys).Distinct().Order(StringComparer.Ordinal)];
        text.WriteLine(string.Join(',', ["step", "time", .. names.Select(Quoted)]));
        foreach (var point in points)
        {
            var cells = names.Select(name => point.Values.TryGetValue(name, out var value)
                ? value.ToString("R", CultureInfo.InvariantCulture) : "");
            text.WriteLine(string.Join(',', [point.Clock.ToString(CultureInfo.InvariantCulture),
                point.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), .. cells]));
        }
    }

    private static string Quoted(string name) =>
        name.AsSpan().ContainsAny(",\"\r\n") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
