using Cluster.Contracts.Jobs.V1;

namespace Cluster.Coordinator.Jobs;

/// <summary>What a running job's runner knows beyond the record.</summary>
/// <param name="Done">Units done.</param>
/// <param name="Rate">Units a second, lately.</param>
/// <param name="ItemsDone">Ranges recorded.</param>
/// <param name="ItemsOutstanding">Ranges cut and not recorded.</param>
/// <param name="WaitingFor">What it waits for; empty while it does not.</param>
internal sealed record JobProgress(long Done, double Rate, long ItemsDone, long ItemsOutstanding, string WaitingFor)
{
    /// <summary>Of a training job that has begun.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>Whether it waits for no more than its turn on devices that work for other jobs.</summary>
    public bool WaitsForItsTurn { get; init; }
}
