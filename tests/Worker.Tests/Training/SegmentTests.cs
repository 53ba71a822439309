using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Parameters;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Cluster.Worker.Tests.Training.Cluster;
using Microsoft.Extensions.DependencyInjection;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Worker.Tests.Training;

/// <summary>Items of training jobs on workers without a broker, against real ps tasks and a real Redis.</summary>
public sealed class SegmentTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TrainingCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await TrainingCluster.StartAsync(stores: 2, _ct);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    public async Task Train_Synchronously_GivesTheBitsOfOneThreadAndCountsEachExampleOnce(int workers, int stores)
    {
        var job = await SubmitAsync(Sync(lanes: 7), stores);
        var team = await WorkersAsync(workers);

        SegmentReached[] reached = [.. await job.TrainAsync(team, new Segment(0, 13)), .. await job.TrainAsync(team, new Segment(13, job.TotalClocks))];

        var result = await job.ResultAsync(team[0]);
        var expected = SequentialTraining.Run(job, job.TotalClocks);
        Assert.Equal(ParameterFingerprint.Of(expected), result.Fingerprint);
        var contributed = (await job.ReportAsync(0)).Examples;
        Assert.Equal(5L * LineExample.Rows, contributed);
        Assert.Equal([expected[0]], result.Parameters!["w"]);
        Assert.Equal([expected[1]], result.Parameters["b"]);
        Assert.Equal(MeanLoss(job.Data, expected), MeanLoss(result), 1e-12);
        Assert.True(reached.Sum(item => item.Examples) >= contributed);
        // One that was late found its lanes done by others.
        Assert.All(reached, item => Assert.Equal(item.Examples > 0, item.LossSum > 0));
        Assert.All(reached, item => Assert.StartsWith("/job:worker/", item.Device, StringComparison.Ordinal));
        Assert.All(reached.Where(item => item.Examples > 0), item => Assert.Equal(["w", "b"], item.Parameters.Select(tensor => tensor.Name)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task Train_Asynchronously_BringsEachLaneToTheEndAndCountsEachExampleOnce(int workers, int stores)
    {
        var job = await SubmitAsync(Sync(lanes: 5) with { Mode = TrainingNames.Async, LearningRate = 0.05f }, stores);
        var team = await WorkersAsync(workers);

        var reached = await job.TrainAsync(team, new Segment(0, job.TotalClocks));

        var result = await job.ResultAsync(team[0]);
        Assert.Equal(5L * LineExample.Rows, (await job.ReportAsync(0)).Examples);
        Assert.Equal(5L * LineExample.Rows, reached.Sum(item => item.Examples));
        Assert.All((await job.ReportAsync(0)).LaneClocks, clock => Assert.Equal(job.TotalClocks, clock));
        Assert.True(MeanLoss(result) < MeanLoss(job.Data, [-1, -2]));
    }

    [Fact]
    public async Task Run_WorkerStopsInMidSegment_AnotherOneFinishes()
    {
        var job = await SubmitAsync(Endless, stores: 2);
        var team = await WorkersAsync(2);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        var items = job.Items(new Segment(0, job.TotalClocks), 2);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var first = team[0].RunAsync(items[0], stop.Token);
        var second = team[1].RunAsync(items[1], _ct);
        await job.UntilAsync(0, report => report.LaneClocks[0] > 10);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(TrainingCluster.Limit, _ct));
        var end = await job.EndSoonAsync();
        Assert.Equal(end, Assert.IsType<SegmentReached>(await second.WaitAsync(TrainingCluster.Limit, _ct)).To);
        await job.CommitAsync(end);
        var result = await job.ResultAsync(team[1]);
        Assert.Equal(ParameterFingerprint.Of(SequentialTraining.Run(job, end)), result.Fingerprint);
        Assert.All(await job.BlameAsync(), entry => Assert.Equal("0", entry.Value));
    }

    [Fact]
    public async Task Run_ConnectionsBreakInMidSegment_GoesOn()
    {
        var job = await SubmitAsync(Endless, stores: 2);
        var worker = await _cluster.AddWorkerAsync(_ct);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        var running = worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct);
        for (var broken = 1; broken <= 3; broken++)
        {
            long clock = broken * 300;
            await job.UntilAsync(1, report => report.LaneClocks[0] > clock);
            await _cluster.Proxy.BreakAsync(_ct);
        }

        var end = await job.EndSoonAsync();
        Assert.Equal(end, Assert.IsType<SegmentReached>(await running.WaitAsync(TrainingCluster.Limit, _ct)).To);
        await job.CommitAsync(end);
        var result = await job.ResultAsync(worker);
        Assert.Equal(ParameterFingerprint.Of(SequentialTraining.Run(job, end)), result.Fingerprint);
        Assert.Equal((await job.ReportAsync(0)).Examples, (await job.ReportAsync(1)).Examples);
    }

    [Fact]
    public async Task Run_PsTasksNotReady_WaitsUntilTheyAre()
    {
        var job = NewJob(Sync(lanes: 3), stores: 2);
        await job.SubmitAsync();
        var worker = await _cluster.AddWorkerAsync(_ct);
        var running = worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct);
        await _cluster.Proxy.ConnectedAsync(_ct);

        await job.OpenAsync();
        // Served, but no segment is open: pushes meet the limit.
        await job.UntilAsync(0, report => report.Outcomes[nameof(PushOutcome.AtLimit)] > 1);
        Assert.False(running.IsCompleted);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));

        Assert.IsType<SegmentReached>(await running.WaitAsync(TrainingCluster.Limit, _ct));
    }

    [Fact]
    public async Task Run_GenerationIsSuperseded_IsGivenUpWithoutAWord()
    {
        var job = await SubmitAsync(Sync(lanes: 3), stores: 1);
        var worker = await _cluster.AddWorkerAsync(_ct);
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];
        // The segment is not opened, so the item waits at its limit.
        var running = worker.RunAsync(item, _ct);
        await job.UntilAsync(0, report => report.Outcomes[nameof(PushOutcome.AtLimit)] > 0);

        await job.StartGenerationAsync(new Generation(2, 9));

        Assert.Null(await running.WaitAsync(TrainingCluster.Limit, _ct));
        Assert.Null(await worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));
    }

    [Fact]
    public async Task Run_JobThatEnded_IsGivenUpWithoutAWord()
    {
        var job = await SubmitAsync(Sync(lanes: 3), stores: 1);
        var worker = await _cluster.AddWorkerAsync(_ct);
        var running = worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct);
        await job.UntilAsync(0, report => report.Outcomes[nameof(PushOutcome.AtLimit)] > 0);

        await _cluster.Redis.GetDatabase().HashSetAsync(JobKeys.Record(job.Id), "state", "cancelled");

        Assert.Null(await running.WaitAsync(TrainingCluster.Limit, _ct));
    }

    [Fact]
    public async Task Run_GradientThrows_NamesLaneAndClockAndCounts()
    {
        var job = await SubmitAsync(Sync(lanes: 2) with { Model = ThrowingModelFactory.ModelName }, stores: 1);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];

        // Each worker's model throws at its sixth batch: lane 1 of the third step it computes.
        var first = Assert.IsType<SegmentFailed>(await (await _cluster.AddWorkerAsync(_ct)).RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));
        await job.UntilAsync(0, report => report.LaneClocks[0] == 2);

        Assert.Equal((job.Id, 1, 2L, 1L, false), (first.JobId, first.Lane, first.Clock, first.Attempts, first.Permanent));
        Assert.Equal("the sixth batch", first.Error);
        var second = Assert.IsType<SegmentFailed>(await (await _cluster.AddWorkerAsync(_ct)).RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));
        Assert.Equal((1, 4L, 1L), (second.Lane, second.Clock, second.Attempts));
    }

    [Fact]
    public async Task Run_BatchThatDoesNotEnd_FailsAtItsDeadlineAndItsWorkerStops()
    {
        var job = await SubmitAsync(Sync(lanes: 2) with { Model = HangingModelFactory.ModelName }, stores: 1);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));

        var failed = Assert.IsType<SegmentFailed>(await HangAsync(worker => worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct)));

        Assert.Equal((job.Id, 1, 0L, 1L, false), (failed.JobId, failed.Lane, failed.Clock, failed.Attempts, failed.Permanent));
        Assert.Equal("it was not done after 0.2 s", failed.Error);
    }

    [Fact]
    public async Task Evaluate_ModelThatDoesNotEnd_FailsAtItsDeadlineAndItsWorkerStops()
    {
        var job = await SubmitAsync(Sync(lanes: 2), stores: 1);
        await job.TrainAsync([await _cluster.AddWorkerAsync(_ct)], new Segment(0, 3));
        await SetModelAsync(job, HangingModelFactory.ModelName);

        var failed = Assert.IsType<ModelNotEvaluated>(await HangAsync(worker => worker.EvaluateAsync(job.Evaluation(3), _ct)));

        Assert.Equal("it was not done after 0.2 s", failed.Error);
    }

    [Fact]
    public async Task Run_ModelThatThisWorkerDoesNotHave_GoesBackForAnother()
    {
        var job = await SubmitAsync(Sync(lanes: 2) with { Model = "none" }, stores: 1);
        var worker = await _cluster.AddWorkerAsync(_ct);
        var item = job.Items(new Segment(0, 3), 1)[0];

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.Contains("no model 'none'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _cluster.Training.BeginItemAsync(job.Id, item.ToItem(), isRedelivered: false));
    }

    [Fact]
    public async Task Run_ItemThatManyWorkersLeft_FailsForGood()
    {
        var job = await SubmitAsync(Sync(lanes: 2), stores: 1);
        var worker = await _cluster.AddWorkerAsync(_ct);
        var item = job.Items(new Segment(0, 3), 1)[0];
        for (var left = 0; left < RangeLimits.MaxAttempts; left++)
            await _cluster.Training.BeginItemAsync(job.Id, item.ToItem(), isRedelivered: true);

        var failed = Assert.IsType<SegmentFailed>(await worker.RunAsync(item, _ct).WaitAsync(TrainingCluster.Limit, _ct));

        Assert.True(failed.Permanent);
        Assert.Equal("5 workers left clocks 0-3 of lanes 0-1 unfinished", failed.Error);
    }

    [Fact]
    public async Task Run_Divergence_EndsQuietly()
    {
        var job = await SubmitAsync(Sync(lanes: 2) with { Optimizer = TrainingNames.Sgd, LearningRate = 1e30f }, stores: 2);
        var worker = await _cluster.AddWorkerAsync(_ct);
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));

        Assert.Null(await worker.RunAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0], _ct).WaitAsync(TrainingCluster.Limit, _ct));

        V1.ShardReport[] reports = [await job.ReportAsync(0), await job.ReportAsync(1)];
        Assert.Contains(reports, report => report.Phase == V1.Phase.Diverged);
    }

    [Fact]
    public async Task Evaluate_ModelThatThrows_SaysSo()
    {
        var job = await SubmitAsync(Sync(lanes: 2), stores: 1);
        var worker = await _cluster.AddWorkerAsync(_ct);
        await job.TrainAsync([worker], new Segment(0, 3));
        await SetModelAsync(job, ThrowingModelFactory.ModelName);
        var other = await _cluster.AddWorkerAsync(_ct);

        var told = await other.EvaluateAsync(job.Evaluation(3), _ct);
        var outdated = await other.EvaluateAsync(job.Evaluation(2), _ct);

        Assert.Equal("no loss", Assert.IsType<ModelNotEvaluated>(told).Error);
        Assert.Null(outdated);
    }

    private static TrainingSpec Sync(int lanes) => new()
    {
        Lanes = lanes,
        Batch = 2,
        Epochs = 5,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.3f,
        Seed = 11,
    };

    /// <summary>However late something is done to it, its segment is not over before it is asked to end.</summary>
    private static TrainingSpec Endless => Sync(lanes: 4) with { Epochs = 1_000_000 };

    /// <summary>Has a worker do something with a model that hangs, after which it must stop; answers with what it tells.</summary>
    private async Task<object?> HangAsync(Func<TestWorker, Task<object?>> act)
    {
        using var end = new ManualResetEventSlim();
        var worker = await _cluster.AddWorkerAsync(_ct, services => services
            .AddSingleton<IModelFactory>(new HangingModelFactory(end)).Configure<WorkerOptions>(options => options.BatchTimeout = TimeSpan.FromSeconds(0.2)));
        try
        {
            var told = await act(worker).WaitAsync(TrainingCluster.Limit, _ct);
            Assert.True(worker.IsStopping);
            return told;
        }
        finally
        {
            end.Set();
            // Of the test's own process, which is no worker that hangs.
            Environment.ExitCode = 0;
        }
    }

    /// <summary>Lets the workers that come now take another model for the job's.</summary>
    private async Task SetModelAsync(TestJob job, string model) => await _cluster.Redis.GetDatabase().HashSetAsync(TrainingKeys.Training(job.Id), "plan",
        System.Text.Json.JsonSerializer.Serialize(job.Plan with { Spec = job.Spec with { Model = model } }, SpecJson.Options));

    private TestJob NewJob(TrainingSpec spec, int stores) => new(_cluster, spec, stores, _ct);

    private Task<TestJob> SubmitAsync(TrainingSpec spec, int stores) => NewJob(spec, stores).StartAsync();

    private async Task<TestWorker[]> WorkersAsync(int count)
    {
        var team = new TestWorker[count];
        for (var i = 0; i < count; i++) team[i] = await _cluster.AddWorkerAsync(_ct);
        return team;
    }

    private static double MeanLoss(EvaluatedRange evaluated) => evaluated.Sums.Sums[TrainingNames.Loss] / evaluated.Sums.Examples;

    private static double MeanLoss(DataSet data, float[] parameters)
    {
        double loss = 0;
        for (long row = 0; row < data.Rows; row++)
        {
            var residual = ((double)parameters[0] * data.Features(row)[0]) + parameters[1] - data.Label(row);
            loss += residual * residual;
        }

        return loss / data.Rows;
    }
}
