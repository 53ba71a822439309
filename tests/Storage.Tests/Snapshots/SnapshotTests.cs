using System.Runtime.InteropServices;
using Cluster.Protocol.Segments;
using Cluster.Storage.Snapshots;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Snapshots;

public sealed class SnapshotOnGarnetTests(RedisServers servers) : SnapshotTests(servers, RedisKind.Garnet);

public sealed class SnapshotOnRedisServerTests(RedisServers servers) : SnapshotTests(servers, RedisKind.RedisServer);

public abstract class SnapshotTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    /// <summary>Two whole chunks and seven floats.</summary>
    private const int Long = (2 * SnapshotKeys.ChunkBytes / sizeof(float)) + 7;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    private readonly SnapshotKey _key = new(NewId(), 1, new Generation(2, 0xFEED), 0xABCDEF, 640);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 1)]
    [InlineData(SnapshotKeys.ChunkBytes / sizeof(float), 1)]
    [InlineData(Long, 1)]
    public async Task Read_WhatWasWritten_IsTheSameAndExpires(int length, int slots)
    {
        await WriteAsync(length, slots);

        var read = new float[slots + 1][];
        for (var vector = 0; vector <= slots; vector++) read[vector] = new float[length];
        var head = await new SnapshotReader(Redis).ReadAsync(_key, length, slots, Take, Ct);

        Assert.Equal((640L, 1234L, length, slots, (length + 2_097_151) / 2_097_152), (head!.Clock, head.Examples, head.Length, head.Slots, head.Chunks));
        for (var vector = 0; vector <= slots; vector++)
            Assert.True(Vector(vector, length).AsSpan().SequenceEqual(read[vector]), $"vector {vector} differs");
        var keys = await KeysWithAsync(_key.Job);
        Assert.Equal(1 + ((slots + 1) * head.Chunks), keys.Count);
        foreach (var key in keys) Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(4), TimeToLive);

        Task<bool> Take(int vector, int offset, ReadOnlyMemory<byte> part)
        {
            MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(read[vector].AsSpan(offset));
            return Task.FromResult(true);
        }
    }

    [Fact]
    public async Task Write_StateIsLetGo_WritesNoHead()
    {
        var parts = 0;
        var written = await new SnapshotWriter(Redis, TimeToLive).WriteAsync(_key, 1, 10, 1, (_, _, _) => Task.FromResult(++parts == 1), Ct);

        Assert.False(written);
        Assert.Equal([SnapshotKeys.Chunk(_key, 0, 0)], await KeysWithAsync(_key.Job));
    }

    [Fact]
    public async Task Read_NobodyWantsIt_IsNull()
    {
        await WriteAsync(10, 1);

        Assert.Null(await new SnapshotReader(Redis).ReadAsync(_key, 10, 1, (vector, _, _) => Task.FromResult(vector == 0), Ct));
    }

    [Fact]
    public async Task Read_KeyIsGone_NamesIt()
    {
        await WriteAsync(10, 1);
        var chunk = SnapshotKeys.Chunk(_key, 1, 0);
        await Database.KeyDeleteAsync(chunk);
        Assert.Equal($"{chunk} is not in Redis", await RefusedAsync(10, 1));

        await Database.KeyDeleteAsync(SnapshotKeys.Head(_key));
        Assert.Equal($"{SnapshotKeys.Head(_key)} is not in Redis", await RefusedAsync(10, 1));
    }

    [Fact]
    public async Task Read_ChunkIsDamaged_NamesTheSnapshot()
    {
        await WriteAsync(10, 1);
        await Database.StringSetRangeAsync(SnapshotKeys.Chunk(_key, 1, 0), 17, "x");

        Assert.StartsWith(SnapshotKeys.Head(_key), await RefusedAsync(10, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ChunkIsCutShort_NamesIt()
    {
        await WriteAsync(10, 0);
        await Database.StringSetAsync(SnapshotKeys.Chunk(_key, 0, 0), new byte[39]);

        Assert.Equal($"{SnapshotKeys.Chunk(_key, 0, 0)} has 39 bytes", await RefusedAsync(10, 0));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task Read_HeadIsDamaged_NamesIt(string text)
    {
        await WriteAsync(10, 0);
        await Database.StringSetAsync(SnapshotKeys.Head(_key), text);

        Assert.StartsWith($"{SnapshotKeys.Head(_key)} is no head of a snapshot", await RefusedAsync(10, 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(11, 1)]
    [InlineData(10, 0)]
    public async Task Read_AnotherShape_NamesTheSnapshot(int length, int slots)
    {
        await WriteAsync(10, 1);

        Assert.StartsWith(SnapshotKeys.Head(_key), await RefusedAsync(length, slots), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_HeadOfAnotherClock_NamesTheSnapshot()
    {
        await WriteAsync(10, 0);
        var other = _key with { Clock = 641 };
        await Database.StringSetAsync(SnapshotKeys.Head(other), await Database.StringGetAsync(SnapshotKeys.Head(_key)));

        var error = await Assert.ThrowsAsync<SnapshotUnreadableException>(() => new SnapshotReader(Redis)
            .ReadAsync(other, 10, 0, (_, _, _) => Task.FromResult(true), Ct));

        Assert.StartsWith(SnapshotKeys.Head(other), error.Message, StringComparison.Ordinal);
    }

    private async Task WriteAsync(int length, int slots) =>
        Assert.True(await new SnapshotWriter(Redis, TimeToLive).WriteAsync(_key, 1234, length, slots, (vector, offset, target) =>
        {
            MemoryMarshal.AsBytes(Vector(vector, length).AsSpan(offset))[..target.Length].CopyTo(target.Span);
            return Task.FromResult(true);
        }, Ct));

    private async Task<string> RefusedAsync(int length, int slots) =>
        (await Assert.ThrowsAsync<SnapshotUnreadableException>(() => new SnapshotReader(Redis)
        .ReadAsync(_key, length, slots, (_, _, _) => Task.FromResult(true), Ct))).Message;

    private static float[] Vector(int vector, int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++) values[i] = i + (vector * 0.25f);
        return values;
    }
}
