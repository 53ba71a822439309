using Cluster.Coordinator.Placements;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Tests.Placements;

public sealed class OccupationTests
{
    private static readonly string[] Both = ["/job:worker/replica:0/task:0/device:CPU:0", "/job:worker/replica:0/task:1/device:CPU:0"];

    [Fact]
    public void WaitingFor_AllDevicesWorkForOthers_NamesThem()
    {
        Assert.Equal("a free device (2 of 2 work for job train-1)",
            Occupation.WaitingFor("pi-1", Both, [Worker(0, "train-1 lanes 0-3 clocks 0-9"), Worker(1, "train-1 evaluation")]));
        Assert.Equal("a free device (2 of 2 work for jobs pi-2, train-1)",
            Occupation.WaitingFor("pi-1", Both, [Worker(0, "train-1 x"), Worker(1, "pi-2 grains 0-9")]));
    }

    [Theory]
    [InlineData("", "train-1 x")]
    [InlineData("pi-1 grains 0-9", "train-1 x")]
    public void WaitingFor_ADeviceIsIdleOrWorksForIt_IsNothing(string first, string second) =>
        Assert.Equal("", Occupation.WaitingFor("pi-1", Both, [Worker(0, first), Worker(1, second)]));

    /// <summary>What other devices do says nothing; neither do devices that are gone.</summary>
    [Fact]
    public void WaitingFor_DevicesThatItMayNotUse_DoNotCount()
    {
        Assert.Equal("", Occupation.WaitingFor("pi-1", [Both[0]], [Worker(0, ""), Worker(1, "train-1 x")]));
        Assert.Equal("a free device (1 of 1 work for job train-1)", Occupation.WaitingFor("pi-1", [Both[1]], [Worker(0, ""), Worker(1, "train-1 x")]));
        Assert.Equal("", Occupation.WaitingFor("pi-1", [], []));
    }

    private static RegisteredTask Worker(int index, string doing) => new(
        "worker", index, $"{index}.0", $"worker-{index}",
        new TaskEntry { Address = "", StartedAt = default, Ready = true, Devices = [new DeviceEntry { Name = "/cpu:0", Description = "", Doing = doing }] });
}
