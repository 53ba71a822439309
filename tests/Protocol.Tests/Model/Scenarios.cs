using CsCheck;

namespace Cluster.Protocol.Tests.Model;

internal static class Scenarios
{
    public static Gen<Scenario> Any(Mutation mutation = Mutation.None) =>
        Gen.Select(
            Gen.Select(Gen.ULong, Gen.Int[1, 4]),
            OneOf(1, 1, 2, 3).SelectMany(count => AnyJob.Array[count]),
            Gen.Select(OneOf(0, 2, 8), OneOf(0, 10, 40, 150), OneOf(200, 1000, 3000), OneOf(0, 0, 30, 100)),
            (cluster, jobs, faults) => new Scenario
            {
                Seed = cluster.Item1,
                Workers = cluster.Item2,
                Jobs = jobs,
                NetworkFaults = faults.Item1,
                ActionsPerFault = faults.Item2,
                Actions = faults.Item3,
                CommitDelay = TimeSpan.FromSeconds(faults.Item4),
                Mutation = mutation,
            });

    /// <summary>What once was caught in the simulation or in the services: a decision that a crash took back and whose deletions came later, segments ahead of
    /// a decision, a worker of a generation that the store had lost.</summary>
    public static IReadOnlyList<Scenario> Corpus { get; } =
    [
        Alone(
            new JobScenario { Seed = 2810, Lanes = 7, Tasks = 1, Examples = 17, Batch = 1, Epochs = 5, IsAsync = true, Staleness = 3,
            EvaluateEvery = 1, UsesAdagrad = true },
            workers: 1, networkFaults: 2, actionsPerFault: 150, actions: 1000),
        Alone(
            new JobScenario { Seed = 1537486083238707, Lanes = 2, Tasks = 3, Examples = 19, Batch = 1, Epochs = 5, IsAsync = true, EvaluateEvery = 5,
            StopAt = 9, UsesAdagrad = true },
            workers: 2, networkFaults: 8, actionsPerFault: 40, actions: 1000),
        Alone(
            new JobScenario { Seed = 30, Lanes = 2, Tasks = 1, Examples = 20, Batch = 3, Epochs = 6, IsAsync = false, EvaluateEvery = 2, UsesAdagrad = false },
            workers: 3, networkFaults: 0, actionsPerFault: 150, actions: 3000),
        Alone(
            new JobScenario { Seed = 13623476337871, Lanes = 4, Tasks = 3, Examples = 16, Batch = 3, Epochs = 1, IsAsync = true,
            Staleness = 0, UsesAdagrad = true },
            workers: 3, networkFaults: 8, actionsPerFault: 150, actions: 3000),
    ];

    private static Gen<JobScenario> AnyJob { get; } =
        Gen.Select(
            Gen.Select(Gen.ULong, Gen.Bool, Gen.Bool, Gen.Int[1, 9], Gen.Int[1, 3]),
            Gen.Select(Gen.Int[1, 20], Gen.Int[1, 3], Gen.Int[1, 6]),
            Gen.Select(OneOf(-1, 0, 1, 3), OneOf(1, 1, 2, 3), OneOf(0, 0, 0, 400)),
            Gen.Select(OneOf(0, 0, 1, 2, 5), OneOf(0, 1, 4, 9)),
            (job, data, mode, evaluations) => new JobScenario
            {
                Seed = job.Item1,
                IsAsync = job.Item2,
                UsesAdagrad = job.Item3,
                Lanes = job.Item4,
                Tasks = job.Item5,
                Examples = data.Item1,
                Batch = data.Item2,
                Epochs = data.Item3,
                Staleness = job.Item2 && mode.Item1 >= 0 ? mode.Item1 : null,
                LocalSteps = job.Item2 || job.Item3 ? 1 : mode.Item2,
                CancelAt = mode.Item3,
                EvaluateEvery = evaluations.Item1,
                StopAt = evaluations.Item1 > 0 ? evaluations.Item2 : 0,
            });

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Scenario Alone(JobScenario job, int workers, int networkFaults, int actionsPerFault, int actions) => new()
    {
        Seed = job.Seed,
        Jobs = [job],
        Workers = workers,
        NetworkFaults = networkFaults,
        ActionsPerFault = actionsPerFault,
        Actions = actions,
    };
}
