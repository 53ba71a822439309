using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cluster.Compute.Optimizers;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Storage.Checkpoints;

/// <summary>Writes a checkpoint's state anew, under other keys and cut into other ranges.</summary>
public sealed class CheckpointCopier([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, CheckpointReader reader)
{
    /// <summary>How long Redis keeps a copy that nothing names: a copy has to be done, and named, within it.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private readonly SnapshotWriter _writer = new(redis, TimeToLive);

    /// <summary>A generation for what no generation of a job computed.</summary>
    public static Generation NewGeneration() => new(0, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1);

    /// <summary>Copies parameters and slots, after all of it was read and found whole.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="owner">The job or name under whose keys the copy lies.</param>
    /// <param name="plan">How the copy is cut into ranges; its slots as many as the source's, but where they are given.</param>
    /// <param name="clock">The clock of the copy.</param>
    /// <param name="examples">The examples that it contains.</param>
    /// <param name="fresh">The optimizer whose first slots for these parameters the copy has instead of the source's; null to copy those.</param>
    /// <param name="cancellationToken">Gives up; what was written expires.</param>
    /// <exception cref="SnapshotUnreadableException">The source is gone or damaged.</exception>
    public async Task<Checkpoint> CopyAsync(
        StoredCheckpoint source, string owner, TrainingPlan plan, long clock, long examples, Optimizer? fresh, CancellationToken cancellationToken)
    {
        await reader.VerifyAsync(source, cancellationToken);
        var generation = NewGeneration();
        SnapshotKey[] keys = [.. Enumerable.Range(0, plan.Stores).Select(task => new SnapshotKey(owner, task, generation, 0, clock))];
        var pieces = ParameterPiece.Of(plan);
        foreach (var key in keys)
        {
            await _writer.WriteAsync(key, examples, plan.Length(key.Task), plan.Slots, async (vector, offset, target) =>
            {
                var isFresh = vector > 0 && fresh is not null;
                await FillAsync(source, pieces.Where(piece => piece.Task == key.Task), isFresh ? 0 : vector, offset, target, cancellationToken);
                if (isFresh) ToFreshSlot(fresh!, vector, MemoryMarshal.Cast<byte, float>(target.Span));
                return true;
            }, cancellationToken);
        }

        return new Checkpoint { Generation = generation, Clock = clock, Examples = examples, Snapshots = keys };
    }

    // From the parameters that it begins with, which may be what a slot depends on.
    private static void ToFreshSlot(Optimizer optimizer, int vector, Span<float> parameters)
    {
        var slots = new float[optimizer.Slots * parameters.Length];
        optimizer.Initialise(parameters, slots);
        slots.AsSpan((vector - 1) * parameters.Length, parameters.Length).CopyTo(parameters);
    }

    private async Task FillAsync(
        StoredCheckpoint source, IEnumerable<ParameterPiece> pieces, int vector, int offset, Memory<byte> target, CancellationToken cancellationToken)
    {
        var end = offset + (target.Length / sizeof(float));
        foreach (var piece in pieces)
        {
            var from = Math.Max(offset, piece.Local);
            var to = Math.Min(end, piece.Local + piece.Length);
            if (from >= to) continue;
            var part = target.Slice((from - offset) * sizeof(float), (to - from) * sizeof(float));
            await reader.ReadAsync(source, vector, piece.First + from - piece.Local, part, cancellationToken);
        }
    }
}
