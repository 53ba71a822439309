using System.Text.Json;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;
using Cluster.CudaDouble;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>Workers whose CUDA driver is the test double: their GPUs are none, the way of an item to a device is the real one.</summary>
public sealed class GpuTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly Lazy<TestClusterOptions> TwoGpusEach = new(() => WithGpus("devices=2"));

    [Fact(Timeout = TestLimit)]
    public async Task Pi_OnAllGpusThenAnywhere_CountsExactlyWhereItWasSent()
    {
        const long points = 1 << 25;
        var cluster = await ShareClusterAsync(TwoGpusEach.Value);
        var gpus = new PiSpec { Points = points, Seed = 42, Device = "/gpu:*", LogDevicePlacement = true };
        var (onGpus, placements) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(gpus, cancellationToken: Ct));
        Assert.Equal(PiOracle.ByKernel(points, 42), PiResult.FromJob(onGpus).Inside);
        Assert.All(placements, placement => Assert.Contains("/device:GPU:", placement.Device, StringComparison.Ordinal));
        Assert.Equal(onGpus.Progress.ItemsDone, placements.Count);

        var (anywhere, both) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(gpus with { Device = null, Seed = 7 }, cancellationToken: Ct));
        Assert.Equal(PiOracle.ByKernel(points, 7), PiResult.FromJob(anywhere).Inside);
        Assert.Equal(["CPU", "GPU"], both.Select(placement => placement.Device.Split(':')[^2]).Distinct().Order());

        var pinned = gpus with { Device = "/job:worker/task:1/gpu:1", Points = 1 << 22 };
        var (_, one) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(pinned, cancellationToken: Ct));
        Assert.All(one, placement => Assert.Equal("/job:worker/replica:0/task:1/device:GPU:1", placement.Device));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Op_NoDeviceNamed_RunsOnAGpuAndOnTheCpuWithTheSameBits()
    {
        var cluster = await ShareClusterAsync(TwoGpusEach.Value);
        var values = Enumerable.Range(0, 64).Select(i => 1f / (i + 1)).ToArray();
        var spec = new OpSpec { Name = "matmul", A = new FloatTensor([8, 8], values), B = new FloatTensor([8, 8], values) };
        var onGpu = await cluster.Client.RunOpAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct);
        var onCpu = await cluster.Client.RunOpAsync(spec with { Device = "/cpu:0" }, cancellationToken: Ct).WaitAsync(Limit, Ct);
        Assert.Contains("/device:GPU:", onGpu.Device, StringComparison.Ordinal);
        Assert.EndsWith("/device:CPU:0", onCpu.Device, StringComparison.Ordinal);
        Assert.Equal(onCpu.Value.Values, onGpu.Value.Values);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Pi_DeviceIsLostInMidItem_HandsItBackUncountedAndTheDeviceComesBack()
    {
        const long points = 1 << 25;
        const int illegalAddress = 700;
        var cluster = await StartClusterAsync(WithGpus(FormattableString.Invariant($"devices=1,lost_code={illegalAddress},lost_code_after=3"), workers: 1));
        var spec = new PiSpec { Points = points, Seed = 9, Device = "/gpu:0", LogDevicePlacement = true };
        var (job, placements) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        Assert.Equal(PiOracle.ByKernel(points, 9), PiResult.FromJob(job).Inside);
        Assert.Equal(0, job.Progress.ItemsFailed);
        Assert.All(placements, placement => Assert.Equal("/job:worker/replica:0/task:0/device:GPU:0", placement.Device));
        Assert.Contains(cluster.Workers[0].Log, line => line.Contains("is lost", StringComparison.Ordinal));
        var devices = await cluster.Client.GetDevicesAsync(Ct);
        Assert.True(devices.Single(device => device.Name.Contains("GPU", StringComparison.Ordinal)).IsHealthy);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_EveryGpuIsLostInMidSegment_GivesTheBitsOfTheCpus()
    {
        const int illegalAddress = 700;
        var options = WithGpus(FormattableString.Invariant($"devices=1,lost_code={illegalAddress},lost_code_after=400"));
        var cluster = await StartClusterAsync(options with { ParameterStores = 2 });
        var spec = new TrainingSpec
        {
            Model = TrainingNames.Mlp,
            Layers = "16",
            Lanes = 6,
            Batch = 2,
            Epochs = 10,
            LearningRate = 0.001f,
            Seed = 5,
            Device = "/gpu:*",
            LogDevicePlacement = true,
        };

        var (onGpus, placements) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));
        Assert.Equal(0, onGpus.Progress.ItemsFailed);
        Assert.All(cluster.Workers, worker => Assert.Contains(worker.Log, line => line.Contains("is lost", StringComparison.Ordinal)));
        AssertRan(placements, "GPU");

        var (anywhere, byDefault) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec with { Device = null }, cancellationToken: Ct));
        AssertRan(byDefault, "GPU");
        var (onCpus, cpus) = await WatchAsync(cluster, await cluster.Client.SubmitAsync(spec with { Device = "/cpu:*" }, cancellationToken: Ct));
        AssertRan(cpus, "CPU");
        var ofHost = spec with { Model = TrainingNames.Linear, Layers = null, Device = null };
        AssertRan((await WatchAsync(cluster, await cluster.Client.SubmitAsync(ofHost, cancellationToken: Ct))).Placements, "CPU");

        var expected = TrainedModel.FromJob(onCpus);
        Assert.Equal(10L * 101, expected.Examples);
        Assert.All((JobInfo[])[onGpus, anywhere], job =>
            Assert.Equal((expected.Fingerprint, expected.Examples), (TrainedModel.FromJob(job).Fingerprint, TrainedModel.FromJob(job).Examples)));
        Assert.All(await cluster.Client.GetDevicesAsync(Ct), device => Assert.True(device.IsHealthy));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Devices_Gpus_ShowWhatTheyAre()
    {
        var cluster = await ShareClusterAsync(TwoGpusEach.Value);
        var environment = new Dictionary<string, string>
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key,
        };
        var answer = await CommandProcess.RunAsync("services/Cli/Cli.csproj", ["devices", "--json"], environment, Ct);
        Assert.True(answer.ExitCode == 0, answer.Error);
        using var json = JsonDocument.Parse(answer.Output);
        var gpus = json.RootElement.EnumerateArray().Where(d => d.GetProperty("name").GetString()!.Contains("GPU", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            from worker in (int[])[0, 1] from gpu in (int[])[0, 1] select $"/job:worker/replica:0/task:{worker}/device:GPU:{gpu}",
            gpus.Select(d => d.GetProperty("name").GetString()).Order());
        Assert.All(gpus, gpu =>
        {
            Assert.Contains("TEST DOUBLE", gpu.GetProperty("description").GetString(), StringComparison.Ordinal);
            Assert.True(gpu.GetProperty("memoryBytes").GetInt64() > 0);
            Assert.True(gpu.GetProperty("healthy").GetBoolean());
        });
    }

    [Fact(Timeout = TestLimit)]
    public async Task Devices_WorkerWithoutADriver_SaysWhy()
    {
        var none = await StartClusterAsync(
            new TestClusterOptions(1) { WorkerEnvironment = new Dictionary<string, string> { ["CLUSTER_CUDA_DRIVER"] = "/nowhere/libcuda.so" } });
        var worker = Assert.Single(await none.WorkerTasksAsync(Ct));
        Assert.Contains("/nowhere/libcuda.so", worker.WithoutGpu, StringComparison.Ordinal);
        Assert.Single(worker.Devices);
    }

    private static void AssertRan(IReadOnlyList<Placement> placements, string type)
    {
        var items = placements.Where(placement => placement.Device.StartsWith("/job:worker/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.Contains($"/device:{type}:", item.Device, StringComparison.Ordinal));
    }

    private static TestClusterOptions WithGpus(string settings, int workers = 2)
    {
        var path = CudaDoubleDriver.TryBuild(out var reason);
        Assert.SkipWhen(path is null, reason);
        return new TestClusterOptions(workers) { WorkerEnvironment = CudaDoubleDriver.Environment(path!, settings) };
    }
}
