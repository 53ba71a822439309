using System.Buffers.Text;
using System.Globalization;

namespace Cluster.Models.Data.LibSvm;

/// <summary>A file in LIBSVM's text format (Chang and Lin 2011): a line is a label and <c>index:value</c> pairs, indices rising.</summary>
/// <remarks>
/// Pairs that are absent are 0; what stands behind <c>#</c> is a comment and not looked at, a line without anything else is
/// passed over. Features are named x1, x2, … (from x0 where indices
/// start at 0), the label <c>label</c>. Lines are counted from 1, pairs from 1.
/// </remarks>
public sealed class LibSvmData : RowReader
{
    // Blanks end a number here, other white space is none of it.
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly LineReader _lines;
    private readonly LibSvmOptions _options;
    private readonly float[] _values;
    private float _label;
    private int _last;

    private LibSvmData(Stream stream, LibSvmOptions options)
        : base(options)
    {
        _options = options;
        _values = new float[options.Features];
        _lines = new LineReader(new BoundedStream(stream, options.MaxBytes));
        Schema = new DataSchema(
            Enumerable.Range(options.IndexBase, options.Features).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")), "label");
    }

    public override DataSchema Schema { get; }

    protected override long Row => _lines.Row;

    /// <summary>Opens a file. The stream stays open and the caller's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static LibSvmData Open(Stream stream, LibSvmOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Features, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Features, options.MaxColumns);
        ArgumentOutOfRangeException.ThrowIfNegative(options.IndexBase);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.IndexBase, 1);
        return new LibSvmData(stream, options);
    }

    /// <summary>How many features the rows of a file have: up to the highest index, at least 1.</summary>
    /// <exception cref="DataFormatException">The file cannot be used.</exception>
    public static int CountFeatures(Stream stream, LibSvmOptions options)
    {
        using var data = Open(stream, options);
        var highest = options.IndexBase;
        while (data.Next(CancellationToken.None))
            highest = Math.Max(highest, data._last);
        return highest - options.IndexBase + 1;
    }

    protected override bool Next(CancellationToken cancellationToken)
    {
        while (_lines.Next(out var line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Row == 1)
                line = line[ByteOrderMark.Length(line)..];
            var comment = line.IndexOf((byte)'#');
            line = (comment < 0 ? line : line[..comment]).Trim(" \t"u8);
            if (line.IsEmpty)
                continue;
            Parse(line);
            return true;
        }

        return false;
    }

    protected override float Read(Span<float> features)
    {
        _values.CopyTo(features);
        return _label;
    }

    private void Parse(ReadOnlySpan<byte> line)
    {
        Array.Clear(_values);
        _label = Number(NextToken(ref line), "the label");
        var last = _options.IndexBase - 1;
        for (var pair = 1; !line.IsEmpty; pair++)
        {
            var token = NextToken(ref line);
            var colon = token.IndexOf((byte)':');
            if (colon < 0)
                throw Problem(pair, $"{DataText.Shown(token)} is not index:value");
            var index = Index(token[..colon], pair, last);
            _values[index - _options.IndexBase] = Number(token[(colon + 1)..], $"pair {pair}");
            last = index;
        }

        _last = last;
    }

    private int Index(ReadOnlySpan<byte> text, int pair, int last)
    {
        var highest = _options.IndexBase + _options.Features - 1;
        if (!Utf8Parser.TryParse(text, out long index, out var read) || read != text.Length)
            throw Problem(pair, $"the index {DataText.Shown(text)} is not a whole number");
        if (index < _options.IndexBase || index > highest)
            throw Problem(pair, $"the index {index} is not from {_options.IndexBase} to {highest}");
        return index > last ? (int)index : throw Problem(pair, $"the index {index} comes after {last}; indices must rise");
    }

    private float Number(ReadOnlySpan<byte> text, string what)
    {
        // The parser takes NULs behind a number for nothing.
        if (!float.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value) || text.Contains((byte)0))
            throw new DataFormatException($"row {Row}, {what}: {DataText.Shown(text)} is not a number");
        return float.IsFinite(value) ? value : throw new DataFormatException($"row {Row}, {what}: {DataText.Shown(text)} is not a finite 32-bit number");
    }

    private DataFormatException Problem(int pair, string problem) => new($"row {Row}, pair {pair}: {problem}");

    private static ReadOnlySpan<byte> NextToken(ref ReadOnlySpan<byte> line)
    {
        var length = line.IndexOfAny((byte)' ', (byte)'\t');
        var token = length < 0 ? line : line[..length];
        line = line[token.Length..].TrimStart(" \t"u8);
        return token;
    }
}
