using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Plans;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Durability;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Supervision;

/// <summary>Makes commits in Redis beside the runner's turns, which a slow Redis would hold up: one flip,
/// one proof of what is on disk and one deletion at a time. Owned by one runner.</summary>
/// <remarks>
/// Only <see cref="Settle"/> tells the supervisor what came of them, so nothing is shared. What does not get through is decided again
/// from what the store says.
/// </remarks>
internal sealed class CommitStage(TrainingJob training, TrainingPlan plan, JobSupervisor supervisor, Action moved, JobTrace trace,
    RedisTraining records, RedisDurability durability, ILogger<CommitStage> logger)
{
    private readonly Dictionary<Type, Task<Action>> _underWay = [];

    /// <summary>Whether a commit may come at any moment, or has come since the record was read:
    /// what goes by the commits that there are has to wait for a newer one.</summary>
    public bool IsFlipping => _underWay.ContainsKey(typeof(SupervisorCommand.Flip));

    /// <summary>Begins what a command asks for, unless its like is under way.</summary>
    public void Begin(SupervisorCommand command, TrainingRecord record, CancellationToken cancellationToken)
    {
        if (!_underWay.ContainsKey(command.GetType())) _underWay.Add(command.GetType(), RunAsync(command, record, cancellationToken).Abandonable());
    }

    /// <summary>Takes in what has ended.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis did not do it, or nobody knows.</exception>
    public void Settle()
    {
        foreach (var (kind, task) in _underWay.Where(each => each.Value.IsCompleted).ToArray())
        {
            _underWay.Remove(kind);
            task.GetAwaiter().GetResult()();
        }
    }

    private async Task<Action> RunAsync(SupervisorCommand command, TrainingRecord record, CancellationToken cancellationToken)
    {
        using var span = trace.Begin(NameOf(command));
        // Not on the runner's turn, however fast Redis is.
        await Task.Yield();
        try
        {
            return command switch
            {
                SupervisorCommand.Flip flip => await FlipAsync(flip.Request),
                SupervisorCommand.ConfirmDurable confirm => await ConfirmAsync(confirm.Manifest, cancellationToken),
                SupervisorCommand.DeleteSnapshots delete => await DeleteAsync(delete, record),
                _ => throw new ArgumentException($"{command} is no part of a commit"),
            };
        }
        finally
        {
            moved();
        }
    }

    private static string NameOf(SupervisorCommand command) => command switch
    {
        SupervisorCommand.Flip => "commit",
        SupervisorCommand.ConfirmDurable => "commit confirm",
        _ => "snapshots delete",
    };

    private async Task<Action> FlipAsync(FlipRequest request)
    {
        var result = await records.FlipAsync(training.Id, training.Owner, request, plan);
        TrainingLog.Flipped(logger, training.Id, request.Next.Clock, request.Next.Examples, result);
        return () => supervisor.Flipped(request, result);
    }

    private async Task<Action> ConfirmAsync(ManifestId manifest, CancellationToken cancellationToken)
    {
        await durability.WaitAsync(cancellationToken);
        // Asked anew: a Redis that was restarted in between may have lost the manifest.
        var run = await durability.RunAsync();
        return () => supervisor.Durable(manifest, run);
    }

    private async Task<Action> DeleteAsync(SupervisorCommand.DeleteSnapshots delete, TrainingRecord record)
    {
        await records.DeleteSnapshotsAsync(delete.Keys.Except(record.Evaluations.Kept), plan);
        return () => supervisor.Deleted(delete.Manifest);
    }
}
