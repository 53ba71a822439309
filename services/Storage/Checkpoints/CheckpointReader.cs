using System.Security.Cryptography;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Storage.Checkpoints;

/// <summary>Reads the state of a checkpoint by the order of the model's parameters, whatever ps tasks wrote it.</summary>
public sealed class CheckpointReader([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, SnapshotReader snapshots)
{
    private const int ChunkFloats = SnapshotKeys.ChunkBytes / sizeof(float);
    private const int PartFloats = (1 << 20) / sizeof(float);

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Reads all of it once, and compares it with the hashes that its writers left.</summary>
    /// <exception cref="SnapshotUnreadableException">It is gone or damaged.</exception>
    public async Task VerifyAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        foreach (var key in checkpoint.State.Snapshots)
        {
            await snapshots.ReadAsync(key, checkpoint.Plan.Length(key.Task), checkpoint.Plan.Slots,
                (_, _, _) => Task.FromResult(true), cancellationToken);
        }
    }

    /// <summary>Copies consecutive values of a vector: 0 for the parameters, then the slots.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="vector">From 0 to the plan's slots.</param>
    /// <param name="first">Index among all parameters, in the order of the model.</param>
    /// <param name="target">Receives float32 little-endian; its length says how many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SnapshotUnreadableException">A part is gone.</exception>
    public async Task ReadAsync(StoredCheckpoint checkpoint, int vector, int first, Memory<byte> target, CancellationToken cancellationToken)
    {
        var end = first + (target.Length / sizeof(float));
        foreach (var piece in ParameterPiece.Of(checkpoint.Plan))
        {
            var from = Math.Max(first, piece.First);
            var to = Math.Min(end, piece.First + piece.Length);
            if (from >= to) continue;
            var part = target.Slice((from - first) * sizeof(float), (to - from) * sizeof(float));
            await ReadLocalAsync(checkpoint.State.Snapshots[piece.Task], vector, piece.Local + from - piece.First, part, cancellationToken);
        }
    }

    /// <summary>All parameters.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<float[]> ReadParametersAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var parameters = new float[checkpoint.Plan.Parameters];
        await foreach (var (first, part) in PartsAsync(checkpoint, 0, cancellationToken))
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(parameters.AsSpan(first));
        return parameters;
    }

    /// <summary>A vector in parts of at most 1 MiB, in order; each is valid until the next is asked for.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async IAsyncEnumerable<(int First, ReadOnlyMemory<byte> Part)> PartsAsync(
        StoredCheckpoint checkpoint, int vector, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(PartFloats, checkpoint.Plan.Parameters) * sizeof(float)];
        for (var first = 0; first < checkpoint.Plan.Parameters; first += PartFloats)
        {
            var part = buffer.AsMemory(0, Math.Min(PartFloats, checkpoint.Plan.Parameters - first) * sizeof(float));
            await ReadAsync(checkpoint, vector, first, part, cancellationToken);
            yield return (first, part);
        }
    }

    /// <summary>The fingerprint of the parameters, as a job's result has it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public async Task<string> FingerprintAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var (_, part) in PartsAsync(checkpoint, 0, cancellationToken)) hash.AppendData(part.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task ReadLocalAsync(SnapshotKey key, int vector, int local, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            var (chunk, within) = Math.DivRem(local, ChunkFloats);
            var bytes = Math.Min(target.Length, (ChunkFloats - within) * sizeof(float));
            var name = SnapshotKeys.Chunk(key, vector, chunk);
            var start = (long)within * sizeof(float);
            var part = await RedisRetry.Pipeline.ExecuteAsync(
                async _ => (ReadOnlyMemory<byte>)await _database.StringGetRangeAsync(name, start, start + bytes - 1), cancellationToken);
            if (part.Length != bytes) throw new SnapshotUnreadableException($"{name} is not in Redis any more, or is shorter than it was");
            part.CopyTo(target);
            target = target[bytes..];
            local += bytes / sizeof(float);
        }
    }
}
