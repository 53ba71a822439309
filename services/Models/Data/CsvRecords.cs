using System.Globalization;
using Sylvan.Data.Csv;

namespace Cluster.Models.Data;

/// <summary>The records of a CSV file one after another, numbered from 1 as a spreadsheet numbers its rows.</summary>
/// <remarks>Comma-separated, quoted as in RFC 4180, UTF-8 with or without its byte order mark. A record is held in one bounded buffer.</remarks>
internal sealed class CsvRecords : IDisposable
{
    private const int BufferChars = 1 << 16;
    private const int MaxRecordChars = 1 << 20;

    private readonly CsvDataReader _reader;
    private readonly bool _passesEmptyLines;

    /// <param name="stream">Stays open and the caller's.</param>
    /// <param name="maxBytes">Most bytes that are read.</param>
    /// <param name="passesEmptyLines">Whether lines without any character are counted and passed over; else each is a record.</param>
    public CsvRecords(Stream stream, long maxBytes, bool passesEmptyLines)
    {
        _passesEmptyLines = passesEmptyLines;
        var text = new Utf8Text(new BoundedStream(stream, maxBytes));
        _reader = Guard(() => CsvDataReader.Create(text, new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = ',',
            // No text has it, so there are no comments.
            Comment = '\0',
            BufferSize = BufferChars,
            MaxBufferSize = MaxRecordChars,
        }));
    }

    /// <summary>Number of the current record; 0 before the first.</summary>
    public long Row { get; private set; }

    public int Columns => _reader.RowFieldCount;

    /// <summary>Whether the record is a line without any character, quotes included.</summary>
    public bool IsEmptyLine => Columns <= 1 && _reader.GetRawRecordSpan() is "" or "\n" or "\r" or "\r\n";

    /// <summary>Goes to the next record.</summary>
    /// <exception cref="DataFormatException">It is not well-formed, not UTF-8, or too long.</exception>
    public bool Next()
    {
        do
        {
            if (!Guard(_reader.Read))
                return false;
            Row++;
        }
        while (_passesEmptyLines && IsEmptyLine);
        return true;
    }

    public string Text(int column) => _reader.GetFieldSpan(column).ToString();

    public bool IsMissing(int column) => _reader.GetFieldSpan(column).IsWhiteSpace();

    /// <summary>The field as a finite float32, rounded to nearest.</summary>
    public float Number(int column, string name)
    {
        var text = _reader.GetFieldSpan(column);
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw Problem(column, name, text.IsWhiteSpace() ? "the value is missing" : $"{DataText.Shown(text)} is not a number");
        if (!float.IsFinite(value))
            throw Problem(column, name, $"{DataText.Shown(text)} is not a finite 32-bit number");
        return value;
    }

    public DataFormatException Problem(int column, string name, string problem) =>
        new($"row {Row}, column {column + 1} ({DataText.Shown(name)}): {problem}");

    public void Dispose() => _reader.Dispose();

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvRecordTooLargeException e)
        {
            throw new DataFormatException($"row {Row + 1} has more than {MaxRecordChars} characters", e);
        }
        catch (BadTextException e)
        {
            throw new DataFormatException($"row {Row + 1} {e.Message}", e);
        }
        catch (Exception e) when (e is CsvFormatException or CsvInvalidCharacterException)
        {
            throw new DataFormatException($"row {Row + 1} is not well-formed CSV: {e.Message}", e);
        }
    }
}
