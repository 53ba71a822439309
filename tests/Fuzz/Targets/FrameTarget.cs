using System.Buffers;
using System.Buffers.Binary;
using Cluster.DataPlane;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Receiving;
using Cluster.Fuzz.Inputs;
using Grpc.Core;

namespace Cluster.Fuzz.Targets;

/// <summary>Frames of exchange streams through the marshaller and the assembly of slices, both directions;
/// an input is a run of frames with their lengths before them.</summary>
internal sealed class FrameTarget : Target
{
    private const int SliceFloats = 100_000;

    private readonly float[] _slice = new float[SliceFloats];

    public override string Name => "frame";

    public override string Description => "frames of the data plane: marshaller and assembly";

    // Frames are pooled in two sizes; what a frame says of the slice's length allocates nothing.
    public override long MaxAllocation(byte[] input) => 600_000 + (4_000L * FrameInputs.Count(input));

    public override byte[] Generate(FuzzRandom random) => FrameInputs.Generate(random, "job-fuzz");

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        var isTaken = Receive(input, ExchangeMethod.Server.RequestMarshaller);
        return ValueTask.FromResult(Receive(input, ExchangeMethod.Client.ResponseMarshaller) || isTaken);
    }

    private bool Receive(byte[] input, Marshaller<ReceivedFrame> marshaller)
    {
        var assembly = new SliceAssembly();
        var frames = 0;
        try
        {
            foreach (var message in FrameInputs.Split(input))
            {
                using var frame = marshaller.ContextualDeserializer(new Payload(message));
                Promise.That(FrameHeader.Size + frame.Header.ContentBytes == message.Length, "a frame that is taken has another length than it says");
                frames++;
                if (frame.Header.Kind == FrameKind.Attach) frame.ReadJob();
                else if (frame.Header.Kind is FrameKind.Push or FrameKind.Parameters)
                    assembly.Begin(frame, frame.Header.Length <= SliceFloats, _slice.AsMemory(0, Math.Min(SliceFloats, frame.Header.Length)));
                else if (frame.Header.Kind == FrameKind.More) assembly.Continue(frame);
            }

            return frames > 0;
        }
        catch (MalformedFrameException e)
        {
            Promise.IsOneLine(e.Message);
            return false;
        }
    }

    private sealed class Payload(ReadOnlyMemory<byte> bytes) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => bytes.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(bytes);
    }
}

/// <summary>Runs of frames as bodies of gRPC calls: for each a byte for compression, the length big-endian, the frame.</summary>
internal static class FrameInputs
{
    public const int PrefixBytes = 5;

    private static readonly ByteMutator Damage = new([[0, 0, 0, 0, 64], [1, 0, 0, 0, 0], [0, 0xFF, 0xFF, 0xFF, 0xFF]]);

    /// <summary>Some frames of a worker, mostly after a right Attach, with some fields at borders.</summary>
    public static byte[] Generate(FuzzRandom random, string job)
    {
        var body = new MemoryStream();
        uint attachment = 1;
        if (!random.Once(6)) Write(body, Attach(random, job, attachment), System.Text.Encoding.UTF8.GetBytes(job));
        for (var frames = random.Few(6); frames > 0; frames--)
        {
            var header = Header(random, attachment);
            Write(body, header, Content(header, random));
        }

        var bytes = body.ToArray();
        return random.Once(6) ? Damage.Mutate(bytes, [bytes], random) : bytes;
    }

    /// <summary>The messages of a body, as far as it has whole ones.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] body)
    {
        for (var at = 0; at + PrefixBytes <= body.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 1));
            if (length > body.Length - at - PrefixBytes) yield break;
            yield return body.AsMemory(at + PrefixBytes, (int)length);
            at += PrefixBytes + (int)length;
        }
    }

    public static int Count(byte[] body) => Split(body).Count();

    private static FrameHeader Attach(FuzzRandom random, string job, uint attachment) => new()
    {
        Kind = FrameKind.Attach,
        Attachment = attachment,
        Generation = Generation(random),
        Block = new(random.Once(10) ? (int)Interesting.Integer(random) : 0, 0),
        Value = random.Once(10) ? Interesting.Integer(random) : 1 + random.Below(3),
        Length = job.Length,
    };

    private static FrameHeader Header(FuzzRandom random, uint attachment)
    {
        var kind = random.Below(8) switch { 0 => (FrameKind)random.Below(40), 1 or 2 => FrameKind.Request, 3 => FrameKind.More, _ => FrameKind.Push };
        var length = random.Below(4) == 0 ? random.Below(70_000) : 4;
        var offset = kind == FrameKind.More && random.Once(2) ? Math.Min(length, FrameLimits.FloatsPerFrame) : 0;
        var header = new FrameHeader
        {
            Kind = kind,
            Attachment = random.Once(10) ? (uint)random.Next() : attachment,
            Generation = Generation(random),
            Block = new(random.Below(3), random.Below(3)),
            Clock = random.Below(3) - 1,
            Value = random.Below(3),
            Length = kind == FrameKind.Request ? 0 : length,
            Offset = offset,
            Here = kind == FrameKind.Request ? 0 : Math.Min(length - offset, FrameLimits.FloatsPerFrame),
            Clocks = random.Once(6) ? random.Below(3) : 0,
        };
        return random.Once(3) ? Twist(header, random) : header;
    }

    // One field at a border; what follows the header is as long as it says where that can be.
    private static FrameHeader Twist(FrameHeader header, FuzzRandom random)
    {
        var number = (int)Interesting.Integer(random);
        return random.Below(9) switch
        {
            0 => header with { Length = number },
            1 => header with { Offset = number },
            2 => header with { Here = number },
            3 => header with { Clocks = number },
            4 => header with { Clock = Interesting.Integer(random) },
            5 => header with { Value = Interesting.Integer(random) },
            6 => header with { Block = new(number, (int)Interesting.Integer(random)) },
            7 => header with { Flags = (FrameFlags)number },
            _ => header with { Outcome = (Protocol.Shards.PushOutcome)number },
        };
    }

    private static Protocol.Segments.Generation Generation(FuzzRandom random) =>
        random.Once(8) ? new(Interesting.Integer(random), random.Next()) : new(1, 7);

    private static byte[] Content(in FrameHeader header, FuzzRandom random)
    {
        var bytes = Math.Clamp(header.ContentBytes, 0, FrameLimits.MaxBytes);
        var content = new byte[bytes];
        var clocks = (int)Math.Min(bytes, Math.Clamp(header.Clocks, 0, 300) * 8L);
        for (var at = clocks; at + 4 <= content.Length; at += 4)
            BinaryPrimitives.WriteSingleLittleEndian(content.AsSpan(at), at < 64 && random.Once(40) ? (float)Interesting.Float(random) : 1);
        return content;
    }

    private static void Write(MemoryStream body, in FrameHeader header, byte[] content)
    {
        Span<byte> start = stackalloc byte[PrefixBytes + FrameHeader.Size];
        start.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(start[1..], (uint)(FrameHeader.Size + content.Length));
        header.Write(start[PrefixBytes..]);
        body.Write(start);
        body.Write(content);
    }
}
