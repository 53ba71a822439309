namespace Cluster.Training.Data;

/// <summary>The features of a CSV file's rows by their names, whatever other columns there are and in whatever order.</summary>
/// <remarks>Memory for one record. Not thread safe.</remarks>
public sealed class FeatureRows : IDisposable
{
    private const int MaxShownColumns = 20;

    private readonly CsvRecords _records;
    private readonly string[] _names;
    private readonly int[] _columns;
    private readonly int _width;

    private FeatureRows(CsvRecords records, IReadOnlyList<string> features, Dictionary<string, int> header, int width)
    {
        _records = records;
        _names = [.. features];
        _columns = [.. features.Select(name => header[name])];
        _width = width;
    }

    /// <summary>Reads the header. The stream stays open and the caller's.</summary>
    /// <param name="stream">CSV with a header.</param>
    /// <param name="features">Names of the columns to read, in the order of the model's features.</param>
    /// <param name="maxBytes">Most bytes that are read.</param>
    /// <exception cref="DataFormatException">The file is empty, or a column is missing or there twice.</exception>
    public static FeatureRows Open(Stream stream, IReadOnlyList<string> features, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(features);
        var records = new CsvRecords(stream, maxBytes);
        try
        {
            if (!records.Next()) throw new DataFormatException("the file is empty: expected was a header");
            return new FeatureRows(records, features, ReadHeader(records, features), records.Columns);
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
        if (!_records.Next()) return false;
        if (_records.Columns != _width) throw new DataFormatException($"row {_records.Row} has {_records.Columns} columns, the header {_width}");
        for (int i = 0; i < _columns.Length; i++) features[i] = _records.Number(_columns[i], _names[i]);
        return true;
    }

    public void Dispose() => _records.Dispose();

    private static Dictionary<string, int> ReadHeader(CsvRecords records, IReadOnlyList<string> features)
    {
        var wanted = new HashSet<string>(features, StringComparer.Ordinal);
        var header = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int column = 0; column < records.Columns; column++)
        {
            string name = records.Text(column).Trim();
            if (wanted.Contains(name) && !header.TryAdd(name, column)) throw records.Problem(column, name, $"column {header[name] + 1} has the same name");
        }

        string[] missing = [.. features.Where(name => !header.ContainsKey(name)).Take(MaxShownColumns).Select(name => DataText.Shown(name))];
        return missing.Length == 0
            ? header
            : throw new DataFormatException($"the file has no column {string.Join(", ", missing)}, by which the model was trained");
    }
}
