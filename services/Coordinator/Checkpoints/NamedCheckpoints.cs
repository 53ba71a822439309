using Cluster.Contracts.Jobs;
using Cluster.Persistence.Checkpoints;
using Cluster.Persistence.Snapshots;
using Grpc.Core;
using StackExchange.Redis;
using Checkpoint = Cluster.Protocol.Commits.Checkpoint;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>Checkpoints that stay under a name: copies of a job's, so that nothing that happens to the job touches them.</summary>
internal sealed class NamedCheckpoints(RedisCheckpoints checkpoints, CheckpointCopier copier, CheckpointView view)
{
    /// <summary>Copies a checkpoint under a name.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the name is taken.</exception>
    /// <exception cref="SnapshotUnreadableException">The checkpoint is gone or damaged.</exception>
    public async Task<StoredCheckpoint> KeepAsync(StoredCheckpoint source, string name, CancellationToken cancellationToken)
    {
        source = await view.WithFingerprintAsync(source, cancellationToken);
        Checkpoint copy = await copier.CopyAsync(source, name, source.Plan, source.State.Clock, source.State.Examples, fresh: null, cancellationToken);
        StoredCheckpoint named = source with { Id = name, Origin = source.Id, State = copy with { Time = source.State.Time } };
        try
        {
            await AddAsync(checkpoints, named);
            return named;
        }
        catch (RpcException)
        {
            await TryDiscardAsync(checkpoints, named);
            throw;
        }
    }

    /// <summary>Gives a written state its name.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the name is taken.</exception>
    /// <exception cref="SnapshotUnreadableException">A part of the state is gone.</exception>
    public static async Task AddAsync(RedisCheckpoints checkpoints, StoredCheckpoint named)
    {
        switch (await checkpoints.AddAsync(named))
        {
            case AddAnswer.Taken:
                throw SpecRejection.ToRpcException([new SpecViolation("name", named.Id, "a job or checkpoint has this name")]);
            case AddAnswer.Missing:
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
