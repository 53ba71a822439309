using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Cluster.Contracts.Storage;
using Cluster.Protocol.Commits;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cluster.ParameterStore.Snapshots;

/// <summary>What a snapshot consists of, under its head's key.</summary>
internal sealed record SnapshotHead(long Clock, long Examples, int Length, int Slots, int Chunks, string Sha256);

/// <summary>A snapshot that is gone, or is not what its key says.</summary>
internal sealed class SnapshotUnreadableException(string message) : Exception(message);

/// <summary>Writes and reads snapshots over a connection of their own. Keys: <see cref="SnapshotKeys"/>.</summary>
internal sealed class RedisSnapshots([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, IOptions<ParameterStoreOptions> options)
{
    private readonly IDatabase _database = redis.GetDatabase();
    private readonly TimeSpan _timeToLive = options.Value.SnapshotTimeToLive;

    /// <summary>Copies a part of a snapshot's vector, from a float on; false when the state is no longer held.</summary>
    public delegate Task<bool> CopyPart(int vector, int offset, Memory<byte> target);

    /// <summary>Takes a part of a vector; false when nobody wants it any more.</summary>
    public delegate Task<bool> TakePart(int vector, int offset, ReadOnlyMemory<byte> part);

    /// <summary>Writes all chunks, then the head.</summary>
    /// <returns>False when the state was let go meanwhile; what was written expires.</returns>
    public async Task<bool> WriteAsync(SnapshotKey key, long examples, int length, int slots, CopyPart copy, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SnapshotKeys.ChunkBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach ((int vector, int chunk, Range part) in Parts(length, slots))
            {
                Memory<byte> bytes = buffer.AsMemory(0, (part.End.Value - part.Start.Value) * sizeof(float));
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

    /// <summary>Reads a snapshot part by part.</summary>
    /// <returns>Its head; null when nobody wants it any more.</returns>
    /// <exception cref="SnapshotUnreadableException">A key is gone, or the state is of another shape or damaged.</exception>
    public async Task<SnapshotHead?> ReadAsync(SnapshotKey key, int length, int slots, TakePart take, CancellationToken cancellationToken)
    {
        using Lease<byte> text = await GetAsync(SnapshotKeys.Head(key), cancellationToken);
        SnapshotHead head = JsonSerializer.Deserialize<SnapshotHead>(text.Span, JsonSerializerOptions.Web)!;
        if (head.Length != length || head.Slots != slots || head.Clock != key.Clock)
            throw new SnapshotUnreadableException($"{SnapshotKeys.Head(key)} holds {head}, not {length} floats and {slots} slots");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((int vector, int chunk, Range part) in Parts(length, slots))
        {
            string name = SnapshotKeys.Chunk(key, vector, chunk);
            using Lease<byte> bytes = await GetAsync(name, cancellationToken);
            if (bytes.Length != (part.End.Value - part.Start.Value) * sizeof(float))
                throw new SnapshotUnreadableException($"{name} has {bytes.Length} bytes");
            hash.AppendData(bytes.Span);
            if (!await take(vector, part.Start.Value, bytes.Memory)) return null;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == head.Sha256
            ? head
            : throw new SnapshotUnreadableException($"{SnapshotKeys.Head(key)}: the chunks do not have the hash in it");
    }

    private static IEnumerable<(int Vector, int Chunk, Range Part)> Parts(int length, int slots)
    {
        const int floats = SnapshotKeys.ChunkBytes / sizeof(float);
        for (int vector = 0; vector <= slots; vector++)
        {
            for (int chunk = 0; chunk < SnapshotKeys.Chunks(length); chunk++)
                yield return (vector, chunk, (chunk * floats)..Math.Min(length, (chunk + 1) * floats));
        }
    }

    private async Task SetAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringSetAsync(key, value, _timeToLive), cancellationToken);

    private async Task<Lease<byte>> GetAsync(string key, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetLeaseAsync(key), cancellationToken)
            ?? throw new SnapshotUnreadableException($"{key} is not in Redis");
}
