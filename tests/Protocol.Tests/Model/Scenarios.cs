using CsCheck;

namespace Cluster.Protocol.Tests.Model;

internal static class Scenarios
{
    public static Gen<Scenario> Any(Mutation mutation = Mutation.None) =>
        Gen.Select(
            Gen.Select(Gen.ULong, Gen.Bool, Gen.Bool, Gen.Select(OneOf(-1, 0, 1, 3), OneOf(1, 1, 2, 3), OneOf(0, 0, 0, 400)), Gen.Select(OneOf(0, 0, 1, 2, 5), OneOf(0, 1, 4, 9))),
            Gen.Select(Gen.Int[1, 9], Gen.Int[1, 3], Gen.Int[1, 4]),
            Gen.Select(Gen.Int[1, 20], Gen.Int[1, 3], Gen.Int[1, 6]),
            Gen.Select(OneOf(0, 2, 8), OneOf(0, 10, 40, 150), OneOf(200, 1000, 3000)),
            (job, cluster, data, faults) => new Scenario
            {
                Seed = job.Item1,
                IsAsync = job.Item2,
                UsesAdagrad = job.Item3,
                Staleness = job.Item2 && job.Item4.Item1 >= 0 ? job.Item4.Item1 : null,
                LocalSteps = job.Item2 || job.Item3 ? 1 : job.Item4.Item2,
                CancelAt = job.Item4.Item3,
                EvaluateEvery = job.Item5.Item1,
                StopAt = job.Item5.Item1 > 0 ? job.Item5.Item2 : 0,
                Lanes = cluster.Item1,
                Tasks = cluster.Item2,
                Workers = cluster.Item3,
                Examples = data.Item1,
                Batch = data.Item2,
                Epochs = data.Item3,
                NetworkFaults = faults.Item1,
                ActionsPerFault = faults.Item2,
                Actions = faults.Item3,
                Mutation = mutation,
            });

    /// <summary>What once was caught in the simulation or in the services: a decision that a crash took back and whose deletions came later, segments ahead of a decision, a worker of a generation that the store had lost.</summary>
    public static IReadOnlyList<Scenario> Corpus { get; } =
    [
        new Scenario
        {
            Seed = 2810, Lanes = 7, Tasks = 1, Workers = 1, Examples = 17, Batch = 1, Epochs = 5, IsAsync = true, Staleness = 3,
            EvaluateEvery = 1, UsesAdagrad = true, NetworkFaults = 2, ActionsPerFault = 150, Actions = 1000,
        },
        new Scenario
        {
            Seed = 1537486083238707, Lanes = 2, Tasks = 3, Workers = 2, Examples = 19, Batch = 1, Epochs = 5, IsAsync = true,
            EvaluateEvery = 5, StopAt = 9, UsesAdagrad = true, NetworkFaults = 8, ActionsPerFault = 40, Actions = 1000,
        },
        new Scenario
        {
            Seed = 30, Lanes = 2, Tasks = 1, Workers = 3, Examples = 20, Batch = 3, Epochs = 6, IsAsync = false,
            EvaluateEvery = 2, UsesAdagrad = false, NetworkFaults = 0, ActionsPerFault = 150, Actions = 3000,
        },
        new Scenario
        {
            Seed = 13623476337871, Lanes = 4, Tasks = 3, Workers = 3, Examples = 16, Batch = 3, Epochs = 1, IsAsync = true, Staleness = 0,
            UsesAdagrad = true, NetworkFaults = 8, ActionsPerFault = 150, Actions = 3000,
        },
    ];

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
