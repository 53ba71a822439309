using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd;

public sealed class PlacementTests(SharedBroker broker) : ClusterTest(broker)
{
    private static readonly TestClusterOptions ShortPatience = new()
    {
        CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__PlacementTimeout"] = "00:00:03" },
    };

    [Fact(Timeout = TestLimit)]
    public async Task Submit_DeviceThatIsNotThere_FailsAfterTheTimeoutWithTheDevicesThatAre()
    {
        var cluster = await StartClusterAsync(ShortPatience);
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = 1 << 21, Device = "/job:worker/task:7" }, cancellationToken: Ct);

        var ended = await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);

        Assert.Equal(JobState.Failed, ended.State);
        Assert.Equal(0, ended.Progress.Done);
        Assert.Equal(
            "waited 3 s for a device that matches /job:worker/task:7 (there are "
            + "/job:worker/replica:0/task:0/device:CPU:0, /job:worker/replica:0/task:1/device:CPU:0)",
            ended.Error);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_PinnedToATask_RunsOnlyThere()
    {
        const long points = 1 << 28;
        var cluster = await StartClusterAsync(ShortPatience);
        var spec = new PiSpec { Points = points, Seed = 3, Device = "/job:worker/task:1", LogDevicePlacement = true };
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);

        var placements = new List<Placement>();
        await foreach (var update in cluster.Client.WatchAsync(job.Id, Ct))
            placements.AddRange(update.Placements);

        var progress = await AssertInsideAsync(cluster, job, PiOracle.ByKernel(points, 3));
        Assert.Equal(progress.ItemsDone, placements.Count);
        Assert.All(placements, placement => Assert.Equal("/job:worker/replica:0/task:1/device:CPU:0", placement.Device));
        Assert.Distinct(placements.Select(placement => placement.Item));
    }
}
