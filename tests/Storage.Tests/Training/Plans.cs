using Cluster.Contracts.Jobs;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;

namespace Cluster.Storage.Tests.Training;

/// <summary>A plan with two ps tasks, of which the first one's vectors take two chunks each.</summary>
internal static class Plans
{
    public const int Tasks = 2;

    private static readonly int[] Chunks = [2, 1];

    public static TrainingPlan Plan { get; } = new()
    {
        Spec = new TrainingSpec { LearningRate = 0.5f, Optimizer = TrainingNames.Adagrad, Lanes = 4 },
        Rows = 1000,
        Features = 2_100_004,
        Offsets = [0, 2_100_000, 2_100_005],
        Streams = 3,
        Slots = 1,
        Tensors = [new PlannedTensor("w", [2_100_004], 0, 2_100_004), new PlannedTensor("b", [], 2_100_004, 1)],
    };

    public static TrainingResult Result(int value) => new()
    {
        Mode = TrainingNames.Sync,
        Lanes = 4,
        Steps = value,
        Examples = 32L * value,
        Loss = 0.5,
        Parameters = null,
        Fingerprint = $"{value}",
    };

    public static SnapshotKey[] Snapshots(string job, Generation generation, long clock) =>
        [.. Enumerable.Range(0, Tasks).Select(task => new SnapshotKey(job, task, generation, 0xAB00UL + (ulong)task, clock))];

    /// <summary>Every key of a snapshot, spelt out: the head, and the chunks of the parameters and of the slot.</summary>
    public static string[] Keys(SnapshotKey key)
    {
        var head = $"cluster:job:{{{key.Job}}}:snapshot:{key.Task}:{key.Generation}:{key.Incarnation:x16}:{key.Clock}";
        return [head, .. from vector in (int[])[0, 1] from chunk in Enumerable.Range(0, Chunks[key.Task]) select $"{head}:{vector}:{chunk}"];
    }
}
