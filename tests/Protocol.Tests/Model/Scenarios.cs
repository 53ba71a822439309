using CsCheck;

namespace Cluster.Protocol.Tests.Model;

internal static class Scenarios
{
    public static Gen<Scenario> Any(Mutation mutation = Mutation.None) =>
        Gen.Select(
            Gen.Select(Gen.ULong, Gen.Bool, Gen.Bool, Gen.Select(OneOf(-1, 0, 1, 3), OneOf(1, 1, 2, 3), OneOf(0, 0, 0, 400))),
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

    private static Gen<int> OneOf(params int[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
