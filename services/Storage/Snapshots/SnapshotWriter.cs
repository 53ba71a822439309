using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Storage.Snapshots;

/// <summary>Writes snapshots over a connection of their own. Keys: <see cref="SnapshotKeys"/>.</summary>
/// <param name="redis">The connection for large values.</param>
/// <param name="timeToLive">How long Redis keeps a snapshot that no commit names.</param>
public sealed class SnapshotWriter(IConnectionMultiplexer redis, TimeSpan timeToLive)
{
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Copies a part of a snapshot's vector, from a float on; false when the state is no longer held.</summary>
    public delegate Task<bool> CopyPart(int vector, int offset, Memory<byte> target);

    /// <summary>Bytes of the buffer that chunks of a vector of this many floats are copied into, as the pool rounds them up.</summary>
    public static int BufferBytes(int length) => (int)Math.Min(SnapshotKeys.ChunkBytes, BitOperations.RoundUpToPowerOf2((ulong)length * sizeof(float)));

    /// <summary>Writes all chunks, then the head.</summary>
    /// <returns>False when the state was let go meanwhile; what was written expires.</returns>
    public async Task<bool> WriteAsync(SnapshotKey key, long examples, int length, int slots, CopyPart copy, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes(length));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var (vector, chunk, part) in SnapshotHead.Parts(length, slots))
            {
                var bytes = buffer.AsMemory(0, (part.End.Value - part.Start.Value) * sizeof(float));
                if (!await copy(vector, part.Start.Value, bytes)) return false;
                hash.AppendData(bytes.Span);
                await SetAsync(SnapshotKeys.Chunk(key, vector, chunk), bytes, cancellationToken);
            }

            var head = new SnapshotHead(key.Clock, examples, length, slots, SnapshotKeys.Chunks(length), Convert.ToHexStringLower(hash.GetHashAndReset()));
            await SetAsync(SnapshotKeys.Head(key), JsonSerializer.SerializeToUtf8Bytes(head, JsonSerializerOptions.Web), cancellationToken);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SetAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringSetAsync(key, value, timeToLive), cancellationToken);
}
