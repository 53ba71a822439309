using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.Worker.Tests.Training.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Worker.Tests.Training;

/// <summary>Counts what the whole process allocates, so nothing runs beside it.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests : IAsyncLifetime
{
    private const int Rounds = 12;
    private const int Steps = 500;
    // What gRPC itself allocates in two such runs differs: streams of frames batch differently.
    private const long Slack = 256;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TrainingCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await TrainingCluster.StartAsync(stores: 1, _ct, isProxied: false);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Step_InSteadyState_AllocatesNothingBesideTheStream()
    {
        var measured = new MeasuringModelFactory(Steps);
        var worker = await _cluster.AddWorkerAsync(_ct, services => services.AddSingleton<IModelFactory>(measured));
        TestJob bareJob = await SubmitAsync(), job = await SubmitAsync();
        using var bareWorker = new BareWorker(_cluster.Channel, _ct);

        var bare = await bareWorker.LeastBytesPerStepAsync(bareJob, Rounds, Steps);
        var told = await worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct).WaitAsync(TrainingCluster.Limit, _ct);

        Assert.IsType<SegmentReached>(told);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"bare stream {bare} bytes a step, worker {measured.LeastBytesPerGradient}, {measured.MedianGradientsPerSecond:F0} steps/s, load "
            + $"{File.ReadAllText("/proc/loadavg")}"));
        Assert.True(measured.LeastBytesPerGradient <= bare + Slack, $"a step allocates {measured.LeastBytesPerGradient} bytes, its stream alone {bare}");
    }

    private async Task<TestJob> SubmitAsync()
    {
        var spec = new TrainingSpec { Model = MeasuringModelFactory.ModelName, Lanes = 1, Epochs = 1 + (Rounds * Steps / 101), LearningRate = 0.001f };
        var job = new TestJob(_cluster, spec, stores: 1, _ct);
        await job.SubmitAsync();
        await job.OpenAsync();
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        return job;
    }
}
