using Cluster.Compute.Cuda;
using Cluster.Contracts.Jobs;
using Cluster.CudaDouble;
using Cluster.Models.Data;
using Cluster.Models.Parameters;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.Worker.Tests.Slots;
using Cluster.Worker.Tests.Training.Cluster;
using Cluster.Worker.Training;
using StackExchange.Redis;

namespace Cluster.Worker.Tests.Training;

/// <summary>Training items on slots whose CUDA driver is the test double: no GPU, but the whole way of an item to one and back.</summary>
[Collection(nameof(TestGpu))]
public sealed class GpuTests : IAsyncLifetime
{
    private const int IllegalAddress = 700;
    private const int OutOfResources = 701;

    private static readonly TrainingSpec Spec = new()
    {
        Model = TrainingNames.Mlp,
        Layers = "5,3",
        Lanes = 6,
        Batch = 2,
        Epochs = 2,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.02f,
        Seed = 11,
    };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private CudaDoubleDriver _driver = null!;
    private TrainingCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _driver = TestGpu.Driver();
        _cluster = await TrainingCluster.StartAsync(stores: 2, _ct, isProxied: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData("CPU")]
    [InlineData("GPU")]
    [InlineData("GPU CPU GPU")]
    public async Task Train_OnAnyDevices_GivesTheBitsOfOneThread(string devices)
    {
        var job = await SubmitAsync(Spec);
        var team = await Task.WhenAll(devices.Split(' ')
            .Select(device => device == "GPU" ? AddGpuAsync(new TestGpu()) : _cluster.AddWorkerAsync(_ct)));
        var launches = _driver.Count("launches");

        SegmentReached[] reached = [.. await job.TrainAsync(team, new Segment(0, 9)), .. await job.TrainAsync(team, new Segment(9, job.TotalClocks))];

        var expected = SequentialTraining.Run(job, job.TotalClocks);
        Assert.All(expected, parameter => Assert.True(float.IsFinite(parameter)));
        foreach (var worker in team) Assert.Equal(ParameterFingerprint.Of(expected), (await job.ResultAsync(worker)).Fingerprint);
        Assert.Equal(devices.Split(' ').Distinct().Order(), reached.Select(item => item.Device.Split(':')[^2]).Distinct().Order());
        Assert.Equal(2L * LineExample.Rows, (await job.ReportAsync(0)).Examples);
        Assert.Equal(devices.Contains("GPU", StringComparison.Ordinal), _driver.Count("launches") > launches);
    }

    [Fact]
    public async Task Run_DeviceIsLostInMidSegment_AnotherFinishesAndTheDeviceIsUsedAgain()
    {
        var job = await SubmitAsync(Spec with { Epochs = 4 });
        var gpu = new TestGpu();
        TestWorker[] team = [await AddGpuAsync(gpu), await _cluster.AddWorkerAsync(_ct)];
        var segment = new Segment(0, job.TotalClocks / 2);
        await job.AdvanceAsync(segment);
        var items = job.Items(segment, 2);
        _driver.Set("lost_code_after", 300);
        _driver.Set("lost_code", IllegalAddress);

        // It takes the other worker's lanes too while that one is not there.
        var lost = await Assert.ThrowsAsync<DeviceLostException>(() => team[0].RunAsync(items[0], _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", lost.Message, StringComparison.Ordinal);
        Assert.InRange(lost.Clock, 1, segment.To - 1);
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", gpu.Device.Unhealthy, StringComparison.Ordinal);
        Assert.IsType<SegmentReached>(await team[1].RunAsync(items[1], _ct).WaitAsync(TrainingCluster.Limit, _ct));
        await job.CommitAsync(segment.To);
        // One loss is noted, and neither a failure nor a worker that left.
        var blame = await job.BlameAsync();
        Assert.Equal([($"lost:{lost.Lane}@{lost.Clock}", 1)], blame.Select(entry => ((string)entry.Name!, (int)entry.Value)));

        await gpu.RecoverAsync(_ct);
        var again = Assert.Single(await job.TrainAsync(team[..1], new Segment(segment.To, job.TotalClocks)));

        Assert.Equal(2, gpu.Opened);
        Assert.Contains("/device:GPU:0", again.Device, StringComparison.Ordinal);
        Assert.Equal(ParameterFingerprint.Of(SequentialTraining.Run(job, job.TotalClocks)), (await job.ResultAsync(team[0])).Fingerprint);
        Assert.Equal(4L * LineExample.Rows, (await job.ReportAsync(0)).Examples);
    }

    [Fact]
    public async Task Run_DeviceWasLostBetweenItems_WorksOnTheOneThatCameBack()
    {
        var job = await SubmitAsync(Spec);
        var gpu = new TestGpu();
        var worker = await AddGpuAsync(gpu);
        await job.TrainAsync([worker], new Segment(0, 9));

        // An item of another kind found that out.
        gpu.Device.Lose(new InvalidOperationException("lost"));
        await gpu.RecoverAsync(_ct);
        await job.TrainAsync([worker], new Segment(9, job.TotalClocks));

        Assert.Equal(2, gpu.Opened);
        Assert.Equal(ParameterFingerprint.Of(SequentialTraining.Run(job, job.TotalClocks)), (await job.ResultAsync(worker)).Fingerprint);
    }

    [Fact]
    public async Task Run_BatchTakesFiveDevicesWithIt_FailsForGood()
    {
        var job = await SubmitAsync(Spec);
        var worker = await AddGpuAsync(new TestGpu());
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];
        for (var loss = 1; loss < RangeLimits.MaxDeviceLosses; loss++)
            await _cluster.Training.LoseDeviceAsync(job.Id, job.Generation, lane: 0, clock: 0);
        _driver.Set("lost_code", IllegalAddress);

        var failed = Assert.IsType<SegmentFailed>(await worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.Equal((0, 0L, 5L, true), (failed.Lane, failed.Clock, failed.Attempts, failed.Permanent));
        Assert.StartsWith("its device was lost 5 times: ", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LaunchFails_CountsAgainstTheBatchAndTheDeviceWorksOn()
    {
        var job = await SubmitAsync(Spec);
        var gpu = new TestGpu();
        var worker = await AddGpuAsync(gpu);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];
        _driver.Set("launch_code_after", 300);
        _driver.Set("launch_code", OutOfResources);

        var failed = Assert.IsType<SegmentFailed>(await worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.Equal("cuLaunchKernel: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701)", failed.Error);
        Assert.Equal((1L, false), (failed.Attempts, failed.Permanent));
        Assert.IsType<SegmentReached>(await worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));
        await job.CommitAsync(job.TotalClocks);
        Assert.Equal(ParameterFingerprint.Of(SequentialTraining.Run(job, job.TotalClocks)), (await job.ResultAsync(worker)).Fingerprint);
        Assert.Equal(1, gpu.Opened);
    }

    [Fact]
    public async Task Evaluate_OnAGpu_GivesTheSumsOfACpu()
    {
        TestWorker cpu = await _cluster.AddWorkerAsync(_ct), gpu = await AddGpuAsync(new TestGpu());
        var results = new List<EvaluatedRange>();
        foreach (var evaluator in (TestWorker[])[cpu, gpu])
        {
            var job = await SubmitAsync(Spec);
            await job.TrainAsync([cpu], new Segment(0, job.TotalClocks));
            var launches = _driver.Count("launches");
            results.Add(await job.ResultAsync(evaluator));
            Assert.Equal(evaluator == gpu, _driver.Count("launches") > launches);
        }

        Assert.Equal(results[0].Fingerprint, results[1].Fingerprint);
        Assert.Equal(results[0].Sums.Sums, results[1].Sums.Sums);
        Assert.True(results[0].Sums.Sums[TrainingNames.Loss] > 0);
    }

    [Fact]
    public async Task Evaluate_DeviceIsLost_GoesBackUncounted()
    {
        var job = await SubmitAsync(Spec);
        var gpu = new TestGpu();
        var worker = await AddGpuAsync(gpu);
        await job.TrainAsync([worker], new Segment(0, job.TotalClocks));
        var item = job.Evaluation(job.TotalClocks);
        _driver.Set("lost_code", IllegalAddress);

        var lost = await Assert.ThrowsAsync<CudaException>(() => worker.EvaluateAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.True(lost.IsDeviceLost);
        Assert.False(gpu.Device.IsHealthy);
        Assert.Equal(0, await _cluster.Training.BeginEvaluationAsync(item, isRedelivered: true));
        await gpu.RecoverAsync(_ct);
        Assert.IsType<ModelEvaluated>(await worker.EvaluateAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));
    }

    private Task<TestWorker> AddGpuAsync(TestGpu gpu) => _cluster.AddWorkerAsync(_ct, device: gpu.Device);

    private Task<TestJob> SubmitAsync(TrainingSpec spec) => new TestJob(_cluster, spec, stores: 2, _ct).StartAsync();
}
