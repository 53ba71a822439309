using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Handwritten digits: what networks come to on real processes.</summary>
public sealed class DigitsTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync, 0.01f)]
    [InlineData(TrainingNames.Async, 0.004f)]
    [InlineData(TrainingNames.Ssp, 0.004f)]
    public async Task Train_Perceptron_Names97PercentOfThoseHeldOut(string mode, float learningRate)
        => AssertAccuracy(0.97, await TrainAsync(await ClusterAsync(), Digits.Perceptron(mode, learningRate)));

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync)]
    [InlineData(TrainingNames.Async)]
    [InlineData(TrainingNames.Ssp)]
    public async Task Train_Softmax_Names95PercentOfThoseHeldOut(string mode)
        => AssertAccuracy(0.95, await TrainAsync(await ClusterAsync(), Digits.Softmax(mode)));

    private static void AssertAccuracy(double least, TrainedModel model)
    {
        var held = model.LastEvaluation!;
        Say(FormattableString.Invariant($"{model.Mode}: {held.Values["accuracy"]:0.####} of {held.Examples}, {model.Elapsed.TotalSeconds:0.0} s"));
        Assert.Equal((EvaluationSet.HeldOut, model.Steps), (held.Set, held.Clock));
        Assert.InRange(held.Examples, (Digits.Rows / 5) - 1, (Digits.Rows / 5) + 1);
        Assert.InRange(held.Values["accuracy"], least, 1);
    }

    /// <summary>The class's cluster, with the data.</summary>
    private async Task<TestCluster> ClusterAsync()
    {
        var cluster = await ShareClusterAsync(FiveWorkers);
        await Digits.UploadAsync(cluster, Ct);
        return cluster;
    }
}
