using System.Security.Cryptography;
using System.Text.Json;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Storage.Snapshots;

/// <summary>Reads snapshots over a connection of their own. Keys: <see cref="SnapshotKeys"/>.</summary>
/// <param name="redis">The connection for large values.</param>
public sealed class SnapshotReader(IConnectionMultiplexer redis)
{
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Takes a part of a vector; false when nobody wants it any more.</summary>
    public delegate Task<bool> TakePart(int vector, int offset, ReadOnlyMemory<byte> part);

    /// <summary>Reads a snapshot part by part.</summary>
    /// <returns>Its head; null when nobody wants it any more.</returns>
    /// <exception cref="SnapshotUnreadableException">A key is gone, or the state is of another shape or damaged.</exception>
    public async Task<SnapshotHead?> ReadAsync(SnapshotKey key, int length, int slots, TakePart take, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(SnapshotKeys.Head(key), cancellationToken);
        if (head.Length != length || head.Slots != slots || head.Clock != key.Clock)
            throw new SnapshotUnreadableException($"{SnapshotKeys.Head(key)} holds {head}, not {length} floats and {slots} slots");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (vector, chunk, part) in SnapshotHead.Parts(length, slots))
        {
            var name = SnapshotKeys.Chunk(key, vector, chunk);
            using var bytes = await GetAsync(name, cancellationToken);
            if (bytes.Length != (part.End.Value - part.Start.Value) * sizeof(float))
                throw new SnapshotUnreadableException($"{name} has {bytes.Length} bytes");
            hash.AppendData(bytes.Span);
            if (!await take(vector, part.Start.Value, bytes.Memory)) return null;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == head.Sha256
            ? head
            : throw new SnapshotUnreadableException($"{SnapshotKeys.Head(key)}: the chunks do not have the hash in it");
    }

    private async Task<SnapshotHead> ReadHeadAsync(string name, CancellationToken cancellationToken)
    {
        using var text = await GetAsync(name, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize<SnapshotHead>(text.Span, JsonSerializerOptions.Web)
                ?? throw new SnapshotUnreadableException($"{name} is no head of a snapshot");
        }
        catch (JsonException e)
        {
            throw new SnapshotUnreadableException($"{name} is no head of a snapshot: {e.Message}", e);
        }
    }

    private async Task<Lease<byte>> GetAsync(string key, CancellationToken cancellationToken) =>
        await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetLeaseAsync(key), cancellationToken)
            ?? throw new SnapshotUnreadableException($"{key} is not in Redis");
}
