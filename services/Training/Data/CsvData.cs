namespace Cluster.Training.Data;

/// <summary>A CSV file with a header as a stream of chunks, in memory for one chunk and one record.</summary>
/// <remarks>
/// Every value is a finite number; anything else is a <see cref="DataFormatException"/> that names row and column as a
/// spreadsheet does: the header is row 1, the first column is column 1.
/// </remarks>
public sealed class CsvData : IDisposable
{
    private const int MaxShownColumns = 20;

    private readonly CsvRecords _records;
    private readonly CsvOptions _options;
    private readonly string[] _names;
    private readonly int _label;

    private CsvData(CsvRecords records, CsvOptions options, string[] names, int label)
    {
        _records = records;
        _options = options;
        _names = names;
        _label = label;
        Schema = new DataSchema(names.Where((_, column) => column != label), names[label]);
    }

    public DataSchema Schema { get; }

    /// <summary>Reads the header. The stream stays open and the caller's.</summary>
    /// <exception cref="DataFormatException">The file is empty, has no such label, a column without a name or with another's, or too many.</exception>
    public static CsvData Open(Stream stream, CsvOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxColumns, DataSchema.MaxColumns);
        var records = new CsvRecords(stream, options.MaxBytes);
        try
        {
            if (!records.Next())
                throw new DataFormatException("the file is empty: expected was a header");
            string[] names = ReadNames(records, options);
            return new CsvData(records, options, names, FindLabel(names, options.Label));
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>The whole file as a data set.</summary>
    /// <exception cref="DataFormatException">The file cannot be used.</exception>
    public static DataSet Load(Stream stream, CsvOptions options, CancellationToken cancellationToken = default)
    {
        using CsvData data = Open(stream, options);
        return new DataSet(data.Schema, data.ReadChunks(cancellationToken));
    }

    /// <summary>The rows in chunks of equal size, the last one may be shorter. To be called once.</summary>
    /// <exception cref="DataFormatException">There is no row, a value that is no finite number, a row of another length, or too much.</exception>
    public IEnumerable<DataChunk> ReadChunks(CancellationToken cancellationToken = default)
    {
        int chunkRows = Math.Min(_options.ChunkRows, DataChunk.MaxRows(Schema.Features.Count));
        long rows = 0;
        while (ReadChunk(rows, chunkRows, cancellationToken) is { } chunk)
        {
            rows += chunk.Rows;
            yield return chunk;
            if (chunk.Rows < chunkRows)
                break;
        }

        if (rows == 0)
            throw new DataFormatException("the file has a header and no rows");
    }

    public void Dispose() => _records.Dispose();

    private DataChunk? ReadChunk(long firstRow, int chunkRows, CancellationToken cancellationToken)
    {
        int width = Schema.Features.Count;
        var features = new List<float>();
        var labels = new List<float>();
        while (labels.Count < chunkRows && _records.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (firstRow + labels.Count == _options.MaxRows)
                throw new DataFormatException($"row {_records.Row}: the file has more than {_options.MaxRows} rows");
            ReadRow(features, labels, isFirst: firstRow + labels.Count == 0, cancellationToken);
        }

        return labels.Count == 0 ? null : new DataChunk(firstRow, width, [.. features], [.. labels]);
    }

    private void ReadRow(List<float> features, List<float> labels, bool isFirst, CancellationToken cancellationToken)
    {
        if (_records.Columns != _names.Length)
            throw new DataFormatException($"row {_records.Row} has {_records.Columns} columns, the header {_names.Length}");
        if (isFirst && _records.IsMissing(_label))
            throw MissingLabel(cancellationToken);
        for (int column = 0; column < _names.Length; column++)
            (column == _label ? labels : features).Add(_records.Number(column, _names[column]));
    }

    /// <summary>Tells one label that was forgotten from a column that was never filled in.</summary>
    private DataFormatException MissingLabel(CancellationToken cancellationToken)
    {
        DataFormatException first = _records.Problem(_label, _names[_label], "the value is missing");
        long from = _records.Row;
        long to = from;
        while (_records.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_label < _records.Columns && !_records.IsMissing(_label))
                return first;
            to = _records.Row;
        }

        return new DataFormatException($"rows {from} to {to}, column {_label + 1} ({CsvRecords.Shown(_names[_label])}): all labels are missing");
    }

    private static string[] ReadNames(CsvRecords records, CsvOptions options)
    {
        if (records.Columns > options.MaxColumns)
            throw new DataFormatException($"row {records.Row} has {records.Columns} columns; the most is {options.MaxColumns}");
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

    private static int FindLabel(string[] names, string label)
    {
        int column = Array.IndexOf(names, label);
        if (column < 0)
        {
            string shown = string.Join(", ", names.Take(MaxShownColumns).Select(name => CsvRecords.Shown(name)));
            string more = names.Length > MaxShownColumns ? $" and {names.Length - MaxShownColumns} more" : "";
            throw new DataFormatException($"there is no column {CsvRecords.Shown(label)} for the label; the columns are {shown}{more}");
        }

        if (names.Length == 1)
            throw new DataFormatException($"there is no column beside the label {CsvRecords.Shown(label)}");
        return column;
    }
}
