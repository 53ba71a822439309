using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

public sealed class PlacementTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly TestClusterOptions ShortPatience = new()
    {
        CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__PlacementTimeout"] = "00:00:03" },
    };

    [Fact(Timeout = TestLimit)]
    public async Task Submit_DeviceThatIsNotThere_FailsAfterTheTimeoutWithTheDevicesThatAre()
    {
        var cluster = await ShareClusterAsync(ShortPatience);
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
    public async Task Submit_SoftPlacement_RunsOnCpusAtOnce()
    {
        var cluster = await ShareClusterAsync(ShortPatience);
        var spec = new PiSpec { Points = 1 << 22, Seed = 5, Device = "/job:worker/task:1/gpu:0", SoftPlacement = true, LogDevicePlacement = true };
        var (job, placements) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        Assert.Equal(PiOracle.ByKernel(1 << 22, 5), PiResult.FromJob(job).Inside);
        Assert.All(placements, placement => Assert.Equal("/job:worker/replica:0/task:1/device:CPU:0", placement.Device));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_PlacedByItem_RunsEachPartOnItsDevice()
    {
        const long points = 1 << 28;
        var cluster = await ShareClusterAsync(ShortPatience);
        var spec = new PiSpec { Points = points, Seed = 4, LogDevicePlacement = true }.PlacedByItem(4, item => $"/job:worker/task:{item % 2}/cpu:0");
        var (job, placements) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        Assert.Equal(PiOracle.ByKernel(points, 4), PiResult.FromJob(job).Inside);
        var grains = points / 2 / (1 << 20);
        foreach (var placement in placements)
        {
            var ends = placement.Item.Split('_')[1..].Select(long.Parse).ToArray();
            var (first, last) = (ends[0] * 4 / grains, (ends[1] - 1) * 4 / grains);
            Assert.Equal(first, last);
            Assert.Equal($"/job:worker/replica:0/task:{first % 2}/device:CPU:0", placement.Device);
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Op_OnANamedTask_RunsThereAndNamesBothShapesWhereTheyDoNotFit()
    {
        var cluster = await ShareClusterAsync(ShortPatience);
        var sum = await cluster.Client.RunOpAsync(new OpSpec
        {
            Name = "add",
            A = new FloatTensor([3], [1, 2, 3]),
            B = new FloatTensor([3], [10, 20, 30]),
            Device = "/job:worker/task:1/cpu:0",
        }, cancellationToken: Ct).WaitAsync(Limit, Ct);
        Assert.Equal([11, 22, 33], sum.Value.Values);
        Assert.Equal(("[3]", "/job:worker/replica:0/task:1/device:CPU:0"), (sum.Value.ShapeText, sum.Device));

        var product = await cluster.Client.RunOpAsync(new OpSpec
        {
            Name = "matmul",
            A = new FloatTensor([2, 3], [1, 2, 3, 4, 5, 6]),
            B = new FloatTensor([3, 2], [7, 8, 9, 10, 11, 12]),
        }, cancellationToken: Ct).WaitAsync(Limit, Ct);
        Assert.Equal([58, 64, 139, 154], product.Value.Values);
        Assert.Equal("[2,2]", product.Value.ShapeText);

        var misfit = await Assert.ThrowsAsync<SpecRejectedException>(() => cluster.Client.RunOpAsync(
            new OpSpec { Name = "add", A = new FloatTensor([2], [1, 2]), B = new FloatTensor([1, 2], [1, 2]) }, cancellationToken: Ct));
        Assert.Contains("shapes [2] and [1,2] differ", misfit.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Run_ComputationOfAWorkerOfTheUsersOwn_GivesTheKnownAnswer()
    {
        const int dimensions = 3;
        var cluster = await StartClusterAsync(ShortPatience with { WorkerProject = "docs/examples/Integral/Integral.csproj" });
        var result = await cluster.Client.RunComputationAsync(new ComputationSpec
        {
            Name = "integral",
            Arguments = JsonSerializer.SerializeToElement(new { dimensions, seed = 1 }),
            IndexCount = 1 << 22,
            GrainSize = 1 << 16,
        }, cancellationToken: Ct).WaitAsync(Limit, Ct);

        var error = result.Value.GetProperty("standardError").GetDouble();
        // The variance of x² on [0, 1] is 4/45.
        Assert.Equal(Math.Sqrt(dimensions * 4.0 / 45 / (1 << 22)), error, error / 100);
        Assert.Equal(dimensions / 3.0, result.Value.GetProperty("integral").GetDouble(), 5 * error);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_PinnedToATask_RunsOnlyThere()
    {
        const long points = 1 << 28;
        var cluster = await ShareClusterAsync(ShortPatience);
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
