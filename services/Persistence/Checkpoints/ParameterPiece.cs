using Cluster.Contracts.Jobs;

namespace Cluster.Persistence.Checkpoints;

/// <summary>Consecutive parameters that one ps task holds together.</summary>
/// <param name="Task">Index of the ps task.</param>
/// <param name="First">Its first parameter among all of the job's.</param>
/// <param name="Local">Its first parameter in the task's range.</param>
/// <param name="Length">Parameters.</param>
internal readonly record struct ParameterPiece(int Task, int First, int Local, int Length)
{
    /// <summary>Every parameter once, in the order of all of the job's.</summary>
    public static ParameterPiece[] Of(TrainingPlan plan) =>
        [.. Enumerable.Range(0, plan.Stores).Select(task => new ParameterPiece(task, plan.Offsets[task], 0, plan.Length(task)))];
}
