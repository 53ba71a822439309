using Cluster.Client;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Every update rule through real services: the bits do not depend on how many ps tasks share the parameters.</summary>
public sealed class OptimizerTests
{
    private const int TestLimit = 300_000;

    private static readonly TrainingSpec Network = new()
    {
        Model = TrainingNames.Mlp,
        Layers = "5,3",
        Lanes = 3,
        Batch = 7,
        Epochs = 8,
        LearningRate = 0.01f,
        Seed = 4,
    };

    [Fact(Timeout = TestLimit)]
    public async Task Train_EveryOptimizerOnOneAndThreePsTasks_GivesTheSameBits()
    {
        var alone = await TrainAllAsync(workers: 1, parameterStores: 1, TestContext.Current.CancellationToken);
        var shared = await TrainAllAsync(workers: 2, parameterStores: 3, TestContext.Current.CancellationToken);

        Assert.Equal(alone, shared);
        Assert.Equal(alone.Length, alone.Distinct().Count());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_VariablesOrRanges_GivesTheSameBits()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await TrainingFixture.StartAsync(workers: 2, parameterStores: 3);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var spec = Network with { Optimizer = TrainingNames.Adam };

        var ranges = await client.TrainAsync(spec, cancellationToken: ct);
        var variables = await client.TrainAsync(spec with { ParameterPlacement = TrainingNames.Variables }, cancellationToken: ct);

        Assert.Equal((ranges.Fingerprint, ranges.Loss), (variables.Fingerprint, variables.Loss));
        Assert.Equal(ranges.Parameters!.Keys.Order(), variables.Parameters!.Keys.Order());
        Assert.All(ranges.Parameters, tensor => Assert.Equal(tensor.Value, variables.Parameters[tensor.Key]));
    }

    private static async Task<string[]> TrainAllAsync(int workers, int parameterStores, CancellationToken ct)
    {
        await using var cluster = await TrainingFixture.StartAsync(workers, parameterStores);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var fingerprints = new List<string>();
        foreach (var optimizer in TrainingNames.Optimizers)
        {
            var isFtrl = optimizer == TrainingNames.Ftrl;
            var model = await client.TrainAsync(Network with
            {
                Optimizer = optimizer,
                Schedule = isFtrl ? null : TrainingNames.Exponential,
                DecaySteps = isFtrl ? null : 10,
                WarmupSteps = isFtrl ? null : 3,
            }, cancellationToken: ct);
            fingerprints.Add(model.Fingerprint);
        }

        return [.. fingerprints];
    }
}
