using Cluster.Coordinator.Figures;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;

namespace Cluster.Coordinator.Tests.Training;

public sealed class PartialResultsTests
{
    [Fact]
    public void Of_WhatAWorkerSaw_NamesItsTask()
    {
        var result = PartialResults.Of(Told("/job:worker/replica:0/task:3/device:CPU:0", [new PartialTensor("w", [1.5f])]))!;

        Assert.Equal(("/job:worker/task:3", 100L), (result.Task, result.Clock));
        Assert.Equal([1.5f], Assert.Single(result.Parameters).Values);
    }

    [Theory]
    [InlineData("0x10")]
    [InlineData("/tpu:0")]
    public void Of_DeviceThatIsNone_IsNothing(string device) => Assert.Null(PartialResults.Of(Told(device, [])));

    /// <summary>JSON may hold null where the contract has none.</summary>
    [Fact]
    public void Of_Nulls_AreLeftOut()
    {
        Assert.Null(PartialResults.Of(Told("/cpu:0", null!)));
        Assert.Empty(PartialResults.Of(Told("/cpu:0", [null!, new PartialTensor(null!, [1]), new PartialTensor("w", null!)]))!.Parameters);
    }

    private static SegmentReached Told(string device, IReadOnlyList<PartialTensor> parameters) => new()
    {
        JobId = "job-1",
        Generation = new Generation(1, 7),
        From = 0,
        To = 100,
        Device = device,
        LossSum = 1,
        Examples = 10,
        Parameters = parameters,
    };
}
