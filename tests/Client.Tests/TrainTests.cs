using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class TrainTests
{
    private static readonly TrainingSpec Spec =
        new() { Mode = TrainingNames.Async, Lanes = 2, Epochs = 200, Optimizer = TrainingNames.Adagrad, LearningRate = 0.8f };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrainAsync_Succeeds_ReturnsTheModelAndTypedProgress()
    {
        await using var coordinator = await StartAsync(SampleTrainings.Pending("a ps task"), SampleTrainings.Running(5100), SampleTrainings.Succeeded());
        await using var client = TestClients.Connect(coordinator);
        var progress = new ListedProgress();

        var model = await client.TrainAsync(Spec, progress, cancellationToken: Token);

        Assert.Equal(Spec.ToProto(), Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training);
        Assert.Equal(
            ("async", 2, SampleTrainings.Steps, SampleTrainings.Examples, 0.15831, SampleTrainings.Fingerprint, TimeSpan.FromSeconds(4), SampleTrainings.Id),
            (model.Mode, model.Lanes, model.Steps, model.Examples, model.Loss, model.Fingerprint, model.Elapsed, model.JobId));
        Assert.Equal(["w: 1.983", "b: 0.2104"], model.Parameters!.Select(p => FormattableString.Invariant($"{p.Key}: {Assert.Single(p.Value)}")));
        Assert.Equal([0L, 5100L, SampleTrainings.Steps], progress.Reports.Select(p => p.Step));
    }

    [Fact]
    public async Task TrainAsync_Progress_HasEveryFigure()
    {
        await using var coordinator = await StartAsync(SampleTrainings.Pending("a ps task"), SampleTrainings.Running(5100), SampleTrainings.Succeeded());
        await using var client = TestClients.Connect(coordinator);
        var progress = new ListedProgress();

        await client.TrainAsync(Spec, progress, cancellationToken: Token);

        var waiting = progress.Reports[0];
        Assert.Equal((JobState.Pending, "a ps task", 0, null), (waiting.Job.State, waiting.Job.WaitingFor, waiting.Lanes, waiting.Loss));
        var running = progress.Reports[1];
        Assert.Equal((2, 2, 2550L, 5100L, 5L, 4L), (running.Lanes, running.ParameterStores, running.CommittedClock, running.CommittedExamples,
            running.Segments, running.Commits));
        Assert.Equal((2L, 3L, 0.16251, 10_200L, 5100.0), (running.Generations, running.Steals, running.Loss, running.Examples, running.ExamplesRate));
        Assert.Equal((SampleTrainings.Steps, "steps", 2550.0, 0.5), (running.Steps, running.Job.Unit, running.Job.Rate, running.Job.Fraction));
        Assert.Equal([("duplicate", 1200L), ("rewind", 1L)], running.Refusals.OrderBy(r => r.Key).Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public async Task TrainAsync_WrongSpec_ListsAllViolationsWithoutACall()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            client.TrainAsync(Spec with { Lanes = 0, LearningRate = float.NaN }, cancellationToken: Token));

        Assert.Equal(["lanes", "learningRate"], error.Violations.Select(v => v.Field));
        Assert.Empty(coordinator.Calls);
    }

    [Fact]
    public async Task TrainAsync_Diverges_ThrowsNamingLaneClockAndTensor()
    {
        const string Reason = "lane 3, clock 1200: the gradient of tensor w is not finite";
        await using var coordinator = await StartAsync(SampleTrainings.Running(100), SampleTrainings.Ended(V1.JobState.Failed, Reason));
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => client.TrainAsync(Spec, cancellationToken: Token));

        Assert.Equal((SampleTrainings.Id, Reason), (error.JobId, error.Reason));
    }

    [Fact]
    public async Task TrainAsync_TokenCancelled_DetachesAndLeavesTheJobAlone()
    {
        await using var coordinator = await StartForEverAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();

        var error = await Assert.ThrowsAsync<JobDetachedException>(() => client.TrainAsync(Spec, new CancelOnFirst(source), cancellationToken: source.Token));

        Assert.Equal(SampleTrainings.Id, error.JobId);
        Assert.Empty(coordinator.Received<V1.CancelRequest>());
    }

    [Fact]
    public async Task TrainAsync_TokenCancelledWithCancelJob_CancelsTheJob()
    {
        await using var coordinator = await StartForEverAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleTrainings.Ended(V1.JobState.Cancelled, "cancelled by its caller"));

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.TrainAsync(Spec, new CancelOnFirst(source), OnCancellation.CancelJob, source.Token));

        Assert.IsNotType<JobDetachedException>(error);
        Assert.Equal(SampleTrainings.Id, Assert.Single(coordinator.Received<V1.CancelRequest>()).Id);
    }

    [Theory]
    [InlineData("""{"mode":"sync","lanes":2,"steps":1,"examples":1,"loss":1e999,"parameters":{},"fingerprint":"f"}""")]
    [InlineData("""{"mode":"sync","lanes":0,"steps":1,"examples":1,"loss":1,"parameters":{},"fingerprint":"f"}""")]
    [InlineData("""{"mode":"sync","lanes":2,"steps":1,"examples":1,"loss":1,"parameters":{"w":null},"fingerprint":"f"}""")]
    [InlineData("""{"mode":"sync","lanes":2,"steps":1,"examples":1,"loss":1,"parameters":{"w":[1e99]},"fingerprint":"f"}""")]
    [InlineData("""{"mode":"sync","lanes":2,"steps":1,"examples":1,"loss":1,"parameters":{},"fingerprint":null}""")]
    [InlineData("""{"mode":"sync"}""")]
    [InlineData("null")]
    [InlineData("[")]
    [InlineData("")]
    public async Task TrainAsync_RecordThatCannotBe_ThrowsNamingTheJob(string result)
    {
        var job = SampleTrainings.Succeeded();
        job.ResultJson = result;
        await using var coordinator = await StartAsync(job);
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<ClusterException>(() => client.TrainAsync(Spec, cancellationToken: Token));

        Assert.Contains(SampleTrainings.Id, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_ModelTooLargeToSpellOut_HasNoParameters()
    {
        var job = SampleTrainings.Succeeded();
        job.ResultJson = """{"mode":"sync","lanes":2,"steps":1,"examples":1,"loss":1,"parameters":null,"fingerprint":"f"}""";
        await using var coordinator = await StartAsync(job);
        await using var client = TestClients.Connect(coordinator);

        var model = await client.TrainAsync(Spec, cancellationToken: Token);

        Assert.Null(model.Parameters);
        Assert.Equal("f", model.Fingerprint);
    }

    [Fact]
    public async Task FromJob_AnotherKind_Throws()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        var job = await client.WaitAsync(SampleJobs.Id, cancellationToken: Token);

        Assert.Throws<ClusterException>(() => TrainedModel.FromJob(job));
    }

    [Fact]
    public async Task WatchAsync_CoordinatorRestarts_ReportsEachPartialResultAndPlacementOnce()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        V1.PartialResult first = SampleTrainings.Partial(0, 100, 1.5f, 0.1f), second = SampleTrainings.Partial(1, 100, 1.25f, 0.2f);
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(new V1.JobUpdate
            {
                Job = SampleTrainings.Running(100),
                PartialResults = { first, second },
                Placements = { SampleTrainings.Placements() }
            });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        var results = new List<PartialResult>();
        var placements = new List<string>();
        await foreach (var update in client.WatchAsync(SampleTrainings.Id, Token))
        {
            results.AddRange(update.PartialResults);
            placements.AddRange(update.Placements.Select(p => p.ToString()));
            if (update.Job.State.IsEnd()) continue;

            await coordinator.DieAsync();
            coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(
                new V1.JobUpdate { Job = SampleTrainings.Succeeded(), PartialResults = { first, SampleTrainings.Partial(1, 200, 1.98f, 0.21f) } });
            await coordinator.ComeBackAsync();
        }

        Assert.Equal([("/job:worker/task:0", 100L), ("/job:worker/task:1", 100L), ("/job:worker/task:1", 200L)], results.Select(r => (r.Task, r.Clock)));
        Assert.Equal([("w", 1.98f), ("b", 0.21f)], results[2].Parameters.Select(t => (t.Name, Assert.Single(t.Values))));
        Assert.Equal(["w: /job:ps/replica:0/task:0/device:CPU:0", "b: /job:ps/replica:0/task:1/device:CPU:0"], placements);
        Assert.Equal([0L, 2L], coordinator.Received<V1.WatchRequest>().Select(r => r.PlacementsSeen));
    }

    [Fact]
    public async Task ListJobsAsync_KindAndStateOfALaterCluster_AreListed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var later = new V1.Job { Id = "sweep-1", Kind = "sweep", State = (V1.JobState)99, SpecJson = "{}" };
        coordinator.Script.List = (_, _) => Task.FromResult(new V1.ListReply { Jobs = { later, SampleTrainings.Running(1), SampleJobs.Running() } });

        var jobs = await client.ListJobsAsync(cancellationToken: Token);

        Assert.Equal([("sweep", JobState.Unknown), ("training", JobState.Running), ("pi", JobState.Running)], jobs.Select(j => (j.Kind, j.State)));
        Assert.Equal([false, true, false], jobs.Select(j => j.Training is not null));
    }

    private static async Task<ScriptedCoordinator> StartAsync(params V1.Job[] updates)
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => Task.FromResult(SampleTrainings.Pending());
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            foreach (var job in updates) await stream.WriteAsync(new V1.JobUpdate { Job = job });
        };
        return coordinator;
    }

    private static async Task<ScriptedCoordinator> StartForEverAsync()
    {
        var coordinator = await StartAsync();
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Running(1) });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        return coordinator;
    }

    private sealed class ListedProgress : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Reports { get; } = [];

        public void Report(TrainingProgress value) => Reports.Add(value);
    }

    private sealed class CancelOnFirst(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => source.Cancel();
    }
}
