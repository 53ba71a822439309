using Cluster.Contracts.Jobs;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;
using Grpc.Core;
using StackExchange.Redis;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>Checkpoints that stay under a name: copies of a job's, so that nothing that happens to the job touches them.</summary>
internal sealed class NamedCheckpoints(RedisCheckpoints checkpoints, CheckpointCopier copier, CheckpointView view)
{
    /// <summary>Copies a checkpoint under a name, once for a key that is not empty.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the name is taken.</exception>
    /// <exception cref="SnapshotUnreadableException">The checkpoint is gone or damaged.</exception>
    public async Task<StoredCheckpoint> KeepAsync(StoredCheckpoint source, string name, string key, CancellationToken cancellationToken)
    {
        source = await view.WithFingerprintAsync(source, cancellationToken);
        var copy = await copier.CopyAsync(source, name, source.Plan, source.State.Clock, source.State.Examples, fresh: null, cancellationToken);
        var named = source with { Id = name, Origin = source.Id, State = copy with { Time = source.State.Time }, IdempotencyKey = key };
        var isKept = false;
        try
        {
            var kept = await AddAsync(checkpoints, named);
            isKept = ReferenceEquals(kept, named);
            return kept;
        }
        finally
        {
            if (!isKept) await TryDiscardAsync(checkpoints, named);
        }
    }

    /// <summary>Gives a written state its name.</summary>
    /// <returns>The checkpoint of this name: another one where an earlier call with the same key made it.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the name is taken.</exception>
    /// <exception cref="SnapshotUnreadableException">A part of the state is gone.</exception>
    public static async Task<StoredCheckpoint> AddAsync(RedisCheckpoints checkpoints, StoredCheckpoint named)
    {
        switch (await checkpoints.AddAsync(named))
        {
            case AddAnswer.Done:
                return named;
            case AddAnswer.Taken:
                if (named.IdempotencyKey.Length > 0 && await checkpoints.FindNamedAsync(named.Id) is { } made && made.IdempotencyKey == named.IdempotencyKey)
                    return made;
                throw SpecRejection.ToRpcException([new SpecViolation("name", named.Id, "a job or checkpoint has this name")]);
            default:
                throw new SnapshotUnreadableException("a part of it went before the last one came: it took too long");
        }
    }

    /// <summary>Deletes a state that has no name; where that fails it expires.</summary>
    public static async Task TryDiscardAsync(RedisCheckpoints checkpoints, StoredCheckpoint unnamed)
    {
        try
        {
            await checkpoints.DiscardAsync(unnamed);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // It expires.
        }
    }
}
