using System.Globalization;

namespace Cluster.Models.Data;

/// <summary>Names of the columns of a CSV file, and which of them is the label.</summary>
internal static class CsvHeader
{
    /// <summary>What to do about a header of numbers.</summary>
    public const string NoHeader = "say --no-header if the file has no header";

    private const int MaxShownColumns = 20;
    private const int MaxShownNumbers = 3;

    // What programs write for a value that is missing.
    private static readonly HashSet<string> Missing = new(["", "na", "n/a", "null", "none", "?", "-"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The names in the current record, or c1, c2, … where the file has no header.</summary>
    /// <exception cref="DataFormatException">There are too many, they are numbers, or a column has no name or another's.</exception>
    public static string[] ReadNames(CsvRecords records, CsvOptions options)
    {
        if (records.Columns > options.MaxColumns)
            throw new DataFormatException($"row {records.Row} has {records.Columns} columns; the most is {options.MaxColumns}");
        if (!options.HasHeader)
            return [.. Enumerable.Range(0, records.Columns).Select(NameOf)];
        if (HasNumbers(records))
            throw new DataFormatException($"row {records.Row} has numbers and no names: {Numbers(records)}; {NoHeader}, else give the columns other names");
        var names = new string[records.Columns];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var column = 0; column < names.Length; column++)
        {
            names[column] = records.Text(column).Trim();
            if (names[column].Length == 0)
                throw new DataFormatException($"row {records.Row}, column {column + 1}: the column has no name");
            if (!seen.TryAdd(names[column], column))
                throw records.Problem(column, names[column], $"column {seen[names[column]] + 1} has the same name");
        }

        return names;
    }

    /// <summary>Whether the current record looks like a row: numbers, or values that are missing beside them.</summary>
    public static bool HasNumbers(CsvRecords records)
    {
        var numbers = 0;
        for (var column = 0; column < records.Columns; column++)
        {
            var text = records.Text(column).Trim();
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                numbers++;
            else if (!Missing.Contains(text))
                return false;
        }

        return numbers > 0;
    }

    /// <summary>The column, from 0, that has this name where no header names it; -1 where there is none.</summary>
    public static int ColumnOf(string name)
        => name is ['c', .. var digits] ? NumberOf(digits) - 1 : -1;

    /// <summary>The column of the label's name, or of its number where none has it for a name.</summary>
    /// <exception cref="DataFormatException">There is none, or none beside it; or one has it for a name, another for a number.</exception>
    public static int FindLabel(string[] names, string label)
    {
        var named = Array.IndexOf(names, label);
        var numbered = NumberOf(label) - 1;
        if (named >= 0 && numbered >= 0 && numbered < names.Length && named != numbered)
        {
            throw new DataFormatException(
                $"the label {DataText.Shown(label)} is the name of column {named + 1} and the number of column {numbered + 1}, "
                + $"{DataText.Shown(names[numbered])}; "
                + "say that column's name, or give the other one a name that is no number");
        }

        var column = named >= 0 ? named : numbered < names.Length ? numbered : -1;
        if (column < 0)
        {
            var shown = string.Join(", ", names.Take(MaxShownColumns).Select(name => DataText.Shown(name)));
            var more = names.Length > MaxShownColumns ? $" and {names.Length - MaxShownColumns} more" : "";
            throw new DataFormatException($"there is no column {DataText.Shown(label)} for the label; the columns are {shown}{more}");
        }

        if (names.Length == 1)
            throw new DataFormatException($"there is no column beside the label {DataText.Shown(names[column])}");
        return column;
    }

    private static string Numbers(CsvRecords records)
    {
        var first = Enumerable.Range(0, Math.Min(MaxShownNumbers, records.Columns));
        var shown = string.Join(", ", first.Select(column => DataText.Shown(records.Text(column))));
        return records.Columns > MaxShownNumbers ? $"{shown} and {records.Columns - MaxShownNumbers} more" : shown;
    }

    /// <summary>A number from 1 in digits alone; 0 for any other text. The parser by itself takes NULs behind them.</summary>
    private static int NumberOf(ReadOnlySpan<char> digits) =>
        !digits.ContainsAnyExceptInRange('0', '9') && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string NameOf(int column) => string.Create(CultureInfo.InvariantCulture, $"c{column + 1}");
}
