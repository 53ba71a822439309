using System.Globalization;

namespace Cluster.Training.Data;

/// <summary>Names of the columns of a CSV file, and which of them is the label.</summary>
internal static class CsvHeader
{
    private const int MaxShownColumns = 20;

    /// <summary>The names in the current record, or c1, c2, … where the file has no header.</summary>
    /// <exception cref="DataFormatException">There are too many, or a column has no name or another's.</exception>
    public static string[] ReadNames(CsvRecords records, CsvOptions options)
    {
        if (records.Columns > options.MaxColumns)
            throw new DataFormatException($"row {records.Row} has {records.Columns} columns; the most is {options.MaxColumns}");
        if (!options.HasHeader)
            return [.. Enumerable.Range(0, records.Columns).Select(NameOf)];
        var names = new string[records.Columns];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int column = 0; column < names.Length; column++)
        {
            names[column] = records.Text(column).Trim();
            if (names[column].Length == 0)
                throw new DataFormatException($"row {records.Row}, column {column + 1}: the column has no name");
            if (!seen.TryAdd(names[column], column))
                throw records.Problem(column, names[column], $"column {seen[names[column]] + 1} has the same name");
        }

        return names;
    }

    /// <summary>The column, from 0, that has this name where no header names it; -1 where there is none.</summary>
    public static int ColumnOf(string name)
        => name is ['c', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number - 1 : -1;

    /// <summary>The column of that name, or of that number where none has it for a name.</summary>
    /// <exception cref="DataFormatException">There is none, or none beside it.</exception>
    public static int FindLabel(string[] names, string label)
    {
        int column = Array.IndexOf(names, label);
        if (column < 0 && int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= names.Length)
            column = number - 1;
        if (column < 0)
        {
            string shown = string.Join(", ", names.Take(MaxShownColumns).Select(name => DataText.Shown(name)));
            string more = names.Length > MaxShownColumns ? $" and {names.Length - MaxShownColumns} more" : "";
            throw new DataFormatException($"there is no column {DataText.Shown(label)} for the label; the columns are {shown}{more}");
        }

        if (names.Length == 1)
            throw new DataFormatException($"there is no column beside the label {DataText.Shown(names[column])}");
        return column;
    }

    private static string NameOf(int column) => string.Create(CultureInfo.InvariantCulture, $"c{column + 1}");
}
