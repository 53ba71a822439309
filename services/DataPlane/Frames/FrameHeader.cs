using System.Buffers.Binary;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.DataPlane.Frames;

/// <summary>The 64 bytes before the content of every frame of an exchange stream.</summary>
/// <remarks>
/// One gRPC message is one frame. All numbers are little-endian.
/// <code>
/// at  size  field       meaning                                                                bounds
///  0   1    kind        FrameKind                                                              defined, right direction
///  1   1    outcome     PushOutcome of an answer, else 0                                       defined
///  2   2    flags       FrameFlags                                                             defined bits
///  4   4    attachment  number of the stream's Attach that the frame belongs to                any
///  8   8    counter     generation                                                             at least 0
/// 16   8    random      generation                                                             any
/// 24   4    first       first lane of a block; Attach: index of the ps task                    0 to 1023
/// 28   4    count       lanes of a block                                                       0 to 256
/// 32   8    clock       Push, Hint: clock. Request, Parameters, RequestAnswered: version       at least -1
/// 40   8    value       Push: examples. PushAnswered: expected clock. Attach: worker.
///                       Attached: incarnation of the ps task. Parameters: end of the
///                       segment that is open                                                   any; examples at least 0
/// 48   4    length      floats of the whole slice; Attach: bytes of the job's name             0 to 2^28; 1 to 64
/// 52   4    offset      first float of the slice in this frame                                 offset + here at most length
/// 56   4    here        floats in this frame                                                   0 to 65,536
/// 60   4    clocks      lane clocks in this frame: of asynchronous parameters all; of an
///                       asynchronous push the slowest one's in what it was computed on         0 to 256; 0 or 1
/// 64        content     Attach: the job's name, UTF-8. Else clocks × 8 bytes, here × 4 bytes   exactly the rest
/// </code>
/// A slice longer than 65,536 floats goes on in More frames, in order, with nothing else between them in its direction.
/// </remarks>
public record struct FrameHeader
{
    public const int Size = 64;

    public FrameKind Kind { get; set; }

    public PushOutcome Outcome { get; set; }

    public FrameFlags Flags { get; set; }

    public uint Attachment { get; set; }

    public Generation Generation { get; set; }

    public LaneBlock Block { get; set; }

    public long Clock { get; set; }

    public long Value { get; set; }

    public int Length { get; set; }

    public int Offset { get; set; }

    public int Here { get; set; }

    public int Clocks { get; set; }

    /// <summary>Bytes after the header.</summary>
    public readonly long ContentBytes => Kind == FrameKind.Attach ? Length : (Clocks * 8L) + (Here * 4L);

    public readonly void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Kind;
        bytes[1] = (byte)Outcome;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Attachment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Generation.Counter);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], Generation.Random);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], Block.First);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], Block.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Clock);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[52..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[56..], Here);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[60..], Clocks);
    }

    /// <summary>Reads a header without judging it: see <see cref="FrameCheck"/>.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new()
    {
        Kind = (FrameKind)bytes[0],
        Outcome = (PushOutcome)bytes[1],
        Flags = (FrameFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        Attachment = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        Generation = new Generation(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])),
        Block = new LaneBlock(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[28..])),
        Clock = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
        Value = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
        Length = BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]),
        Offset = BinaryPrimitives.ReadInt32LittleEndian(bytes[52..]),
        Here = BinaryPrimitives.ReadInt32LittleEndian(bytes[56..]),
        Clocks = BinaryPrimitives.ReadInt32LittleEndian(bytes[60..]),
    };
}
