using Cluster.Contracts.Jobs;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;

namespace Cluster.Models.Tests;

/// <summary>What a spec promises about memory is what the ps task sets aside.</summary>
public sealed class StagingTests
{
    [Fact]
    public void StagingBytes_AnyLanes_AreThoseOfThePool()
    {
        Assert.Equal(BlockTree.MaxLanes, TrainingSpec.MaxLanes);
        for (var lanes = 1; lanes <= TrainingSpec.MaxLanes; lanes++)
        {
            var spec = new TrainingSpec { LearningRate = 1, Lanes = lanes };

            Assert.Equal(VectorPool.Gradients(lanes, streams: 5) * 34 * sizeof(float), spec.StagingBytes(parameters: 101, stores: 3, streams: 5));
        }
    }
}
