using Cluster.DataPlane.Frames;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using CsCheck;

namespace Cluster.DataPlane.Tests;

public sealed class FrameTests
{
    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
        => Gen.Select(Gen.Byte, Gen.ULong, Gen.Int, Gen.Long, Gen.UInt).Sample((kind, random, number, clock, attachment) =>
        {
            var header = new FrameHeader
            {
                Kind = (FrameKind)kind,
                Outcome = (PushOutcome)(kind & 7),
                Flags = (FrameFlags)(number & 1),
                Attachment = attachment,
                Generation = new Generation(clock, random),
                Block = new LaneBlock(number, number ^ 5),
                Clock = clock + 1,
                Value = clock ^ 77,
                Length = number + 1,
                Offset = number + 2,
                Here = number + 3,
                Clocks = number + 4,
            };
            var bytes = new byte[FrameHeader.Size];
            header.Write(bytes);
            return FrameHeader.Read(bytes) == header;
        });

    [Theory]
    [InlineData("frame.kind", 0, 0, 0, 0, 0, 0)]
    [InlineData("frame.kind", 16, 0, 0, 0, 0, 0)]
    [InlineData("frame.count", 2, 257, 0, 0, 0, 0)]
    [InlineData("frame.count", 2, -1, 0, 0, 0, 0)]
    [InlineData("frame.clock", 2, 1, -2, 0, 0, 0)]
    [InlineData("frame.length", 2, 1, 0, FrameLimits.MaxLength + 1, 0, 0)]
    [InlineData("frame.length", 2, 1, 0, -1, 0, 0)]
    [InlineData("frame.here", 2, 1, 0, 100_000, 0, 65_537)]
    [InlineData("frame.here", 2, 1, 0, 2, 0, -1)]
    [InlineData("frame.offset", 2, 1, 0, 2, 1, 2)]
    [InlineData("frame.offset", 2, 1, 0, 2, -1, 2)]
    [InlineData("frame.offset", 2, 1, 0, 2, int.MaxValue, 2)]
    public void Require_FieldOutOfBounds_IsNamed(string field, byte kind, int count, long clock, int length, int offset, int here)
    {
        var header = new FrameHeader
        {
            Kind = (FrameKind)kind,
            Block = new LaneBlock(0, count),
            Clock = clock,
            Length = length,
            Offset = offset,
            Here = here,
        };

        Assert.Equal(field, Assert.Throws<MalformedFrameException>(() => FrameCheck.Require(header, here * 4L, goesUp: true)).Field);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Require_OtherLengthThanAnnounced_IsNamed(long bytes)
    {
        var header = new FrameHeader { Kind = FrameKind.Push, Length = 2, Here = 2 };
        FrameCheck.Require(header, 8, goesUp: true);

        Assert.Equal("frame.bytes", Assert.Throws<MalformedFrameException>(() => FrameCheck.Require(header, bytes, goesUp: true)).Field);
    }

    [Fact]
    public void Require_AnyBytes_AreTakenOrRefusedAndNeverCrash()
        => Gen.Byte.Array[FrameHeader.Size].Sample(bytes =>
        {
            try
            {
                var header = FrameHeader.Read(bytes);
                FrameCheck.Require(header, 0, goesUp: true);
                Assert.Equal(0, header.ContentBytes);
            }
            catch (MalformedFrameException e)
            {
                Assert.NotEmpty(e.Field);
            }
        });

    [Fact]
    public void Dispose_Frame_GivesItBackOnceAndForbidsAccess()
    {
        var pool = new FramePool();
        var frame = pool.Rent(100);
        Assert.Equal(100, frame.Bytes.Length);

        frame.Dispose();
        frame.Dispose();

        Assert.Equal(1, pool.Kept);
        Assert.Throws<ObjectDisposedException>(() => frame.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => frame.Header);
        Assert.Same(frame, pool.Rent(64));
    }
}
