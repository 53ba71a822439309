using System.Globalization;

namespace Cluster.Models.Data;

/// <summary>A CSV file, with a header or without.</summary>
/// <remarks>
/// Every value is a finite number; anything else is a <see cref="DataFormatException"/> that names row and column as a
/// spreadsheet does: the first line is row 1, the first column is column 1. Lines without any character are passed over.
/// </remarks>
public sealed class CsvData : RowReader
{
    private readonly CsvRecords _records;
    private readonly string[] _names;
    private readonly int _label;
    private readonly bool _hasHeader;
    private bool _isPending;
    private bool _isFirst = true;

    private CsvData(CsvRecords records, CsvOptions options)
        : base(options)
    {
        _records = records;
        _hasHeader = options.HasHeader;
        _isPending = !_hasHeader;
        _names = CsvHeader.ReadNames(records, options);
        _label = CsvHeader.FindLabel(_names, options.Label);
        Schema = new DataSchema(_names.Where((_, column) => column != _label), _names[_label]);
    }

    public override DataSchema Schema { get; }

    protected override long Row => _records.Row;

    protected override string NoRows => "the file has a header and no rows";

    /// <summary>Reads the header. The stream stays open and the caller's.</summary>
    /// <exception cref="DataFormatException">The file is empty, has numbers for names or no such label, a column has no name or another's,
    /// or there are too many.</exception>
    public static CsvData Open(Stream stream, CsvOptions options)
    {
        var records = new CsvRecords(stream, options.MaxBytes, passesEmptyLines: true);
        try
        {
            if (!records.Next())
                throw new DataFormatException($"the file is empty: expected was a {(options.HasHeader ? "header" : "row")}");
            return new CsvData(records, options);
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
        using var data = Open(stream, options);
        return data.ReadAll(cancellationToken);
    }

    protected override bool Next(CancellationToken cancellationToken)
    {
        if (!_isPending && !_records.Next())
            return false;
        _isPending = false;
        if (_records.Columns != _names.Length)
            throw new DataFormatException($"row {_records.Row} has {_records.Columns} columns, the {(_hasHeader ? "header" : "first row")} {_names.Length}");
        if (_isFirst && _records.IsMissing(_label))
            throw MissingLabel(cancellationToken);
        _isFirst = false;
        return true;
    }

    protected override float Read(Span<float> features)
    {
        for (var column = 0; column < _label; column++)
            features[column] = _records.Number(column, _names[column]);
        var label = _records.Number(_label, _names[_label]);
        for (var column = _label + 1; column < _names.Length; column++)
            features[column - 1] = _records.Number(column, _names[column]);
        return label;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _records.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Tells one label that was forgotten from a column that was never filled in.</summary>
    private DataFormatException MissingLabel(CancellationToken cancellationToken)
    {
        var first = _records.Problem(_label, _names[_label], "the value is missing");
        var from = _records.Row;
        var to = from;
        while (_records.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_label < _records.Columns && !_records.IsMissing(_label))
                return first;
            to = _records.Row;
        }

        return new DataFormatException(string.Create(
            CultureInfo.InvariantCulture, $"rows {from} to {to}, column {_label + 1} ({DataText.Shown(_names[_label])}): all labels are missing"));
    }
}
