namespace Cluster.Models.Data;

/// <summary>The features of a CSV file's rows by their names, whatever other columns there are and in whatever order;
/// by position where no line names them.</summary>
/// <remarks>Memory for one record. Not thread safe.</remarks>
public sealed class FeatureRows : IDisposable
{
    private const int MaxShownColumns = 20;

    private readonly CsvRecords _records;
    private readonly string[] _names;
    private readonly int[] _columns;
    private readonly int _width;
    private readonly bool _hasHeader;
    private bool _isRead;

    private FeatureRows(CsvRecords records, IReadOnlyList<string> features, int[] columns, int width, bool hasHeader)
    {
        _records = records;
        _names = [.. features];
        _columns = columns;
        _width = width;
        _hasHeader = hasHeader;
        _isRead = !hasHeader;
    }

    /// <summary>Reads the header, or the first row. The stream stays open and the caller's.</summary>
    /// <param name="stream">CSV.</param>
    /// <param name="features">Names of the columns to read, in the order of the model's features.</param>
    /// <param name="maxBytes">Most bytes that are read.</param>
    /// <param name="hasHeader">
    /// Whether the first line names the columns. Else they are c1, c2, …, as data sets without a header have them; or, for
    /// features of other names, exactly these in their order.
    /// </param>
    /// <exception cref="DataFormatException">The file is empty, or a column is missing or there twice.</exception>
    public static FeatureRows Open(Stream stream, IReadOnlyList<string> features, long maxBytes, bool hasHeader = true)
    {
        var records = new CsvRecords(stream, maxBytes, passesEmptyLines: false);
        try
        {
            if (!records.Next()) throw new DataFormatException($"the file is empty: expected was a {(hasHeader ? "header" : "row")}");
            RequireLine(records);
            return new FeatureRows(records, features, hasHeader ? ReadHeader(records, features) : Number(records, features), records.Columns, hasHeader);
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next row's features; false at the end.</summary>
    /// <param name="features">As many as were asked for.</param>
    /// <exception cref="DataFormatException">A value is no finite number, or the row has another number of columns than the header.</exception>
    public bool Read(Span<float> features)
    {
        if (!_isRead && !_records.Next()) return false;
        _isRead = false;
        RequireLine(_records);
        if (_records.Columns != _width)
            throw new DataFormatException($"row {_records.Row} has {_records.Columns} columns, the {(_hasHeader ? "header" : "first row")} {_width}");
        for (var i = 0; i < _columns.Length; i++) features[i] = _records.Number(_columns[i], _names[i]);
        return true;
    }

    public void Dispose() => _records.Dispose();

    // Who pairs predictions with lines of the file would be off by one from here on.
    private static void RequireLine(CsvRecords records)
    {
        if (records.IsEmptyLine) throw new DataFormatException($"row {records.Row} is an empty line, for which there is no prediction; take it out");
    }

    private static int[] ReadHeader(CsvRecords records, IReadOnlyList<string> features)
    {
        var wanted = new HashSet<string>(features, StringComparer.Ordinal);
        var header = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var column = 0; column < records.Columns; column++)
        {
            var name = records.Text(column).Trim();
            if (wanted.Contains(name) && !header.TryAdd(name, column)) throw records.Problem(column, name, $"column {header[name] + 1} has the same name");
        }

        string[] missing = [.. features.Where(name => !header.ContainsKey(name)).Take(MaxShownColumns).Select(name => DataText.Shown(name))];
        if (missing.Length == 0) return [.. features.Select(name => header[name])];
        var hint = CsvHeader.HasNumbers(records) ? $"; row {records.Row} has numbers and no names: {CsvHeader.NoHeader}" : "";
        throw new DataFormatException($"the file has no column {string.Join(", ", missing)}, by which the model was trained{hint}");
    }

    private static int[] Number(CsvRecords records, IReadOnlyList<string> features)
    {
        int[] columns = [.. features.Select(CsvHeader.ColumnOf)];
        // A data set without a header has them in order; names in another order are those of a header, and say nothing of places.
        var isInOrder = columns.SequenceEqual(columns.Order().Distinct());
        if (isInOrder && columns.All(column => column >= 0 && column < records.Columns)) return columns;
        return records.Columns == features.Count
            ? [.. Enumerable.Range(0, features.Count)]
            : throw new DataFormatException($"the file has {records.Columns} columns and no header; the model was trained by {features.Count}");
    }
}
