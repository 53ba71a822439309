using System.Buffers;
using System.Text.Unicode;

namespace Cluster.Models.Data;

/// <summary>A stream as UTF-8 text. What is none, and NUL, is an error once all that stands before it was read.</summary>
/// <remarks>
/// So a parser has taken every record before that one, and can say in which it is. A carriage return without a line feed comes as
/// a line feed: to the parser it would be an end of line here and a character there. The stream stays open and the caller's.
/// </remarks>
internal sealed class Utf8Text(Stream stream) : TextReader
{
    private const int BufferBytes = 1 << 16;
    private const string Advice = "convert the file, for example with: iconv -f ISO-8859-1 -t UTF-8";

    private readonly byte[] _bytes = new byte[BufferBytes];
    private readonly char[] _chars = new char[BufferBytes + 1];
    private int _start;
    private int _end;
    private int _nextChar;
    private int _endOfChars;
    private bool _hasReturn;
    private bool _hasBegun;
    private bool _hasEnded;
    private BadTextException? _problem;

    // Bytes of the file before _start.
    private long _offset;

    /// <summary>At least one character, except at the end.</summary>
    /// <exception cref="BadTextException">The next byte is no text.</exception>
    /// <exception cref="DataFormatException">The file has the byte order mark of another encoding.</exception>
    public override int Read(char[] buffer, int index, int count)
    {
        if (_nextChar == _endOfChars && count > 0) Decode();
        var length = Math.Min(count, _endOfChars - _nextChar);
        Array.Copy(_chars, _nextChar, buffer, index, length);
        _nextChar += length;
        return length;
    }

    private void Decode()
    {
        (_nextChar, _endOfChars) = (0, 0);
        while (_endOfChars == 0)
        {
            if (_problem is null && (!_hasEnded || _start < _end))
            {
                Fill();
                DecodeBuffer();
            }
            else if (_hasReturn)
            {
                (_chars[0], _endOfChars, _hasReturn) = ('\n', 1, false);
            }
            else
            {
                if (_problem is not null) throw _problem;
                return;
            }
        }
    }

    private void DecodeBuffer()
    {
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(_start, _end - _start);
        var nul = bytes.IndexOf((byte)0);
        var text = nul < 0 ? bytes : bytes[..nul];
        var held = _hasReturn ? 1 : 0;
        var status = Utf8.ToUtf16(
            text, _chars.AsSpan(held), out var read, out var written, replaceInvalidSequences: false, isFinalBlock: _hasEnded || nul >= 0);
        _start += read;
        _offset += read;
        if (status == OperationStatus.InvalidData)
            _problem = new BadTextException($"is not UTF-8: byte {_offset + 1} of the file is 0x{bytes[read]:x2}; {Advice}");
        else if (nul >= 0)
            _problem = new BadTextException($"has a NUL: byte {_offset + 1} of the file is 0x00; it is damaged, or no text");
        if (written > 0) EndLines(held, held + written);
    }

    /// <summary>Holds a carriage return at the end back until it is known what follows.</summary>
    private void EndLines(int held, int count)
    {
        if (held > 0) _chars[0] = '\r';
        _hasReturn = _chars[count - 1] == '\r';
        _endOfChars = _hasReturn ? count - 1 : count;
        var chars = _chars.AsSpan(0, count);
        for (var at = chars.IndexOf('\r'); at >= 0 && chars.Length > 1; at = chars.IndexOf('\r'))
        {
            if (at + 1 < chars.Length && chars[at + 1] != '\n') chars[at] = '\n';
            chars = chars[(at + 1)..];
        }
    }

    private void Fill()
    {
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        var least = _hasBegun ? 1 : 4;
        var read = stream.ReadAtLeast(_bytes.AsSpan(_end), least, throwOnEndOfStream: false);
        _end += read;
        _hasEnded = read < least;
        if (_hasBegun) return;
        _hasBegun = true;
        _start = ByteOrderMark.Length(_bytes.AsSpan(0, _end));
        _offset = _start;
    }
}

/// <summary>Bytes that are no text: what is said behind the number of their row.</summary>
internal sealed class BadTextException(string problem) : Exception(problem);
