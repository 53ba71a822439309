using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Plans;

namespace Cluster.Coordinator.Tests.Training;

public sealed class FirstSegmentTests
{
    /// <summary>Half a second at 1e9 operations a second, six for a weight and example: 2 examples a step.</summary>
    [Theory]
    [InlineData(TrainingNames.Linear, 2, 32)]
    [InlineData(TrainingNames.Mlp, 1_000_000, 32)]
    [InlineData(TrainingNames.Mlp, 10_000_000, 4)]
    [InlineData(TrainingNames.Softmax, 100_000_000, 1)]
    [InlineData("a-team's-own", 2, 1)]
    public void Clocks_ModelsOfAnySize_TakeAboutHalfASecondAtMost(string model, int parameters, long expected)
    {
        var plan = new TrainingPlan
        {
            Spec = new TrainingSpec { Model = model, Lanes = 2, Batch = 1, LearningRate = 0.1f },
            Rows = 101,
            Features = 1,
            Offsets = [0, parameters],
            Slots = 0,
            Streams = 2,
            Tensors = [new PlannedTensor("w", [parameters], 0, parameters)],
        };

        Assert.Equal(expected, FirstSegment.Clocks(plan));
    }
}
