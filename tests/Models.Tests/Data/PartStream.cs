namespace Cluster.Models.Tests.Data;

/// <summary>Bytes that come a few at a time, and cannot be sought.</summary>
internal sealed class PartStream(byte[] bytes, int part) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, part)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, part));
}
