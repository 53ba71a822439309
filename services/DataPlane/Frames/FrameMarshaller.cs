using System.Buffers;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace Cluster.DataPlane.Frames;

/// <summary>Writes frames straight into gRPC's buffers and copies received ones into leases. Bytes of floats are those of memory:
/// little-endian machines only.</summary>
internal static class FrameMarshaller
{
    public static Marshaller<SentFrame> Sent { get; } = new(Serialize, _ => throw new NotSupportedException("A frame to be sent is not received."));

    public static Marshaller<ReceivedFrame> ReceivedFromWorker { get; } = new(NotSent, context => Deserialize(context, goesUp: true));

    public static Marshaller<ReceivedFrame> ReceivedFromTask { get; } = new(NotSent, context => Deserialize(context, goesUp: false));

    private static void NotSent(ReceivedFrame frame, SerializationContext context) =>
        throw new NotSupportedException("A received frame is not sent.");

    private static void Serialize(SentFrame frame, SerializationContext context)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Exchange streams need a little-endian machine.");
        context.SetPayloadLength(checked((int)(FrameHeader.Size + frame.Header.ContentBytes)));
        var writer = context.GetBufferWriter();
        frame.Header.Write(writer.GetSpan(FrameHeader.Size));
        writer.Advance(FrameHeader.Size);
        Write(writer, frame.Text.Span);
        Write(writer, MemoryMarshal.AsBytes(frame.LaneClocks.Span));
        Write(writer, MemoryMarshal.AsBytes(frame.Floats.Span));
        context.Complete();
    }

    // In what pieces the writer has, so that no large block is rented for a large frame.
    private static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var target = writer.GetSpan();
            var count = Math.Min(target.Length, bytes.Length);
            bytes[..count].CopyTo(target);
            writer.Advance(count);
            bytes = bytes[count..];
        }
    }

    private static ReceivedFrame Deserialize(DeserializationContext context, bool goesUp)
    {
        var length = context.PayloadLength;
        if (length is < FrameHeader.Size or > FrameLimits.MaxBytes)
        {
            throw new MalformedFrameException("frame.bytes", length,
                FormattableString.Invariant($"a frame has {FrameHeader.Size} to {FrameLimits.MaxBytes}"));
        }

        var frame = FramePool.Shared.Rent(length);
        try
        {
            context.PayloadAsReadOnlySequence().CopyTo(frame.Bytes);
            frame.Parse(goesUp);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
