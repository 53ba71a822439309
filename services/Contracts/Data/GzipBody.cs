namespace Cluster.Contracts.Data;

/// <summary>A gzip file up to its trailer, the last eight bytes, which is kept for whoever checks it.</summary>
/// <remarks>
/// A decoder does not say where in a block its data ended, nor that they did not. So the last byte before the trailer is given
/// alone: one that ended before it never asks for it, and one that asks for more has not ended.
/// </remarks>
internal sealed class GzipBody(Stream file) : ReadOnlyStream
{
    private const int TrailerBytes = 8;
    private const int BufferBytes = 1 << 14;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _hasEnded;
    private bool _isAskedForMore;

    /// <summary>Whether all but a trailer was given away, and nothing was asked for behind it.</summary>
    public bool IsAtEnd
    {
        get
        {
            Fill();
            return _end - _start == TrailerBytes && !_isAskedForMore;
        }
    }

    /// <summary>The trailer, where this is at its end.</summary>
    public ReadOnlySpan<byte> Trailer => _buffer.AsSpan(_start, _end - _start);

    public override int Read(Span<byte> buffer)
    {
        Fill();
        var before = Math.Max(0, _end - _start - TrailerBytes);
        _isAskedForMore |= before == 0;
        var count = Math.Min(buffer.Length, before > 1 ? before - 1 : before);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    // There are two bytes before the trailer, or the file is at its end.
    private void Fill()
    {
        if (_hasEnded || _end - _start > TrailerBytes + 1) return;
        Trailer.CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        _end += file.ReadAtLeast(_buffer.AsSpan(_end), TrailerBytes + 2 - _end, throwOnEndOfStream: false);
        _hasEnded = _end < TrailerBytes + 2;
    }
}
