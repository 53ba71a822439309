using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Cluster.Models.Safetensors;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Snapshots;
using StackExchange.Redis;

namespace Cluster.Storage.Checkpoints;

/// <summary>Writes the data of a file, in whatever order its tensors come, as one snapshot of all parameters. Used once.</summary>
/// <param name="redis">The connection for large values.</param>
/// <param name="imported">What the file's header says.</param>
/// <param name="name">Of the checkpoint to be.</param>
public sealed class CheckpointUpload(IConnectionMultiplexer redis, ImportedCheckpoint imported, string name) : IDisposable
{
    private const int ChunkFloats = SnapshotKeys.ChunkBytes / sizeof(float);
    private const int PartBytes = 1 << 20;

    private readonly IDatabase _database = redis.GetDatabase();
    private readonly IncrementalHash _data = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Where the state lies.</summary>
    public SnapshotKey Key { get; } = new(name, 0, CheckpointCopier.NewGeneration(), 0, imported.Clock);

    /// <summary>Reads the data behind the header, and writes it part by part.</summary>
    /// <param name="readAsync">Fills a buffer whole.</param>
    /// <param name="cancellationToken">Gives up; what was written expires.</param>
    /// <exception cref="SafetensorsException">A value is not finite, or the data do not have the hash that the header names.</exception>
    /// <exception cref="SnapshotUnreadableException">A part was gone before the end: it took too long.</exception>
    public async Task WriteAsync(Func<Memory<byte>, CancellationToken, Task> readAsync, CancellationToken cancellationToken)
    {
        foreach (var chunk in ChunkNames()) await SetAsync(chunk, ReadOnlyMemory<byte>.Empty, cancellationToken);
        var buffer = new byte[PartBytes];
        foreach (var place in imported.Placement)
        {
            for (var done = 0; done < place.Tensor.Length;)
            {
                var first = place.First + done;
                var floats = Math.Min(Math.Min(place.Tensor.Length - done, PartBytes / sizeof(float)), ChunkFloats - (first % ChunkFloats));
                var part = buffer.AsMemory(0, floats * sizeof(float));
                await readAsync(part, cancellationToken);
                RequireFinite(part.Span, place.Tensor.Name, done);
                _data.AppendData(part.Span);
                await SetRangeAsync(SnapshotKeys.Chunk(Key, place.Vector, first / ChunkFloats), (long)(first % ChunkFloats) * sizeof(float),
                    part, cancellationToken);
                done += floats;
            }
        }

        if (Convert.ToHexStringLower(_data.GetHashAndReset()) is var hash && imported.DataHash.Length > 0 && hash != imported.DataHash)
            throw new SafetensorsException("the data do not have the hash that the header names: the file is damaged");
        await WriteHeadAsync(cancellationToken);
    }

    public void Dispose() => _data.Dispose();

    // Read back, since the hash goes over the chunks in order and the file may have had another one.
    private async Task WriteHeadAsync(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var chunk in ChunkNames())
        {
            using var bytes = await RedisRetry.Pipeline.ExecuteAsync(async _ => await _database.StringGetLeaseAsync(chunk), cancellationToken);
            if (bytes is null) throw new SnapshotUnreadableException($"the file took longer than {CheckpointCopier.TimeToLive.TotalMinutes:F0} min");
            hash.AppendData(bytes.Span);
        }

        var plan = imported.Plan;
        var head = new SnapshotHead(
            imported.Clock, imported.Examples, plan.Parameters, plan.Slots, SnapshotKeys.Chunks(plan.Parameters),
            Convert.ToHexStringLower(hash.GetHashAndReset()));
        await SetAsync(SnapshotKeys.Head(Key), JsonSerializer.SerializeToUtf8Bytes(head, JsonSerializerOptions.Web), cancellationToken);
    }

    private IEnumerable<string> ChunkNames() =>
        SnapshotHead.Parts(imported.Plan.Parameters, imported.Plan.Slots).Select(part => SnapshotKeys.Chunk(Key, part.Vector, part.Chunk));

    private async Task SetAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        await RedisRetry.UnlessFull.ExecuteAsync(async _ => await _database.StringSetAsync(key, value, CheckpointCopier.TimeToLive), cancellationToken);

    private async Task SetRangeAsync(string key, long offset, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        await RedisRetry.UnlessFull.ExecuteAsync(async _ => await _database.StringSetRangeAsync(key, offset, value), cancellationToken);

    private static void RequireFinite(ReadOnlySpan<byte> part, string tensor, int first)
    {
        var values = MemoryMarshal.Cast<byte, float>(part);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw new SafetensorsException($"element {first + i} of tensor '{tensor}' is not finite");
        }
    }
}
