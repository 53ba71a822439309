namespace Cluster.Models.Data.LibSvm;

/// <summary>The lines of a stream one after another, as bytes, in one bounded buffer.</summary>
internal sealed class LineReader(Stream stream)
{
    private const int FirstBytes = 1 << 16;
    private const int MaxLineBytes = 1 << 20;

    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Number of the current line, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Goes to the next line.</summary>
    /// <param name="line">The line without its end, valid until the next call.</param>
    /// <exception cref="DataFormatException">It is longer than 1 MiB.</exception>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length, searched + length + 1, out line);
            searched = _end - _start;
            if (_isAtEnd)
                return Take(searched, searched, out line) && searched > 0;
            Fill();
        }
    }

    private bool Take(int length, int consumed, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        if (line is [.., (byte)'\r'])
            line = line[..^1];
        _start += consumed;
        Row++;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxLineBytes)
                throw new DataFormatException($"row {Row + 1} has more than {MaxLineBytes} bytes");
            Array.Resize(ref _buffer, 2 * _end);
        }

        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        _isAtEnd = read == 0;
    }
}
