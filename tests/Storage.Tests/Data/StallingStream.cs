namespace Cluster.Storage.Tests.Data;

/// <summary>Gives half of its bytes, then nothing until it is told how it ends: with the rest, or with an error.</summary>
internal sealed class StallingStream(byte[] bytes) : Stream
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public void End(Exception? error)
    {
        if (error is null) _end.SetResult();
        else _end.SetException(error);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position >= bytes.Length / 2) _end.Task.WaitAsync(Limit).GetAwaiter().GetResult();
        var limit = _position < bytes.Length / 2 ? bytes.Length / 2 : bytes.Length;
        var read = Math.Min(count, limit - _position);
        bytes.AsSpan(_position, read).CopyTo(buffer.AsSpan(offset));
        _position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
