using Cluster.Compute.Optimizers;
using Cluster.ParameterStore.Shards;
using Cluster.Protocol.Shards;

namespace Cluster.ParameterStore.Tests;

/// <summary>What a shard takes from the process's budget.</summary>
public sealed class ShardMemoryTests
{
    // Two versions and the one at the boundary, gradients of a lane and of four streams, eight versions on their way to these and the newest.
    private const int Vectors = 2 + 1 + 1 + 4 + 8 + 1;

    [Theory]
    [InlineData(100, 512)]
    [InlineData(1 << 20, 4 << 20)]
    [InlineData((1 << 20) + 1, 8 << 20)]
    [InlineData(1 << 26, 8 << 20)]
    public void Bytes_ShardOfThisLength_CountsTheBufferThatASnapshotIsWrittenFrom(int length, long buffer)
    {
        var options = new ShardOptions { Lanes = 1, Length = length, Streams = 4, Optimizer = new Sgd(0.1f) };

        Assert.Equal((Vectors * 4L * length) + buffer, ShardHost.Bytes(options));
    }
}
