using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Api;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Jobs;
using Cluster.Protocol.Plans;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Cluster.Testing;
using TrainingSpec = Cluster.Contracts.Jobs.TrainingSpec;

namespace Cluster.Coordinator.Tests.Jobs;

/// <summary>What clients are told of a job: from its record, from its runner, and by a watch to its end.</summary>
public sealed class JobViewTests(RedisServers servers) : RedisTest(servers, RedisKind.Garnet)
{
    private const string Owner = "1.a";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TrainingPlan Plan = new()
    {
        Spec = new TrainingSpec { LearningRate = 1, Lanes = 4, Epochs = 3 },
        Rows = 100,
        Features = 1,
        Offsets = [0, 2],
        Streams = 3,
        Slots = 0,
        Tensors = [new PlannedTensor("w", [1], 0, 1), new PlannedTensor("b", [1], 1, 1)],
    };

    private readonly JobFeeds _feeds = new();
    private readonly ClusterCondition _condition = new();
    private RedisJobs _jobs = null!;
    private RedisTraining _trainings = null!;
    private JobDescriber _describer = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _jobs = new RedisJobs(Redis, TimeProvider.System, TimeSpan.FromDays(7));
        _trainings = new RedisTraining(Redis);
        _describer = new JobDescriber(_feeds, _trainings, _condition);
    }

    [Fact]
    public async Task Describe_TrainingThatHasNoPlan_HasNoFigures()
    {
        var job = await RunningAsync(JobKinds.Training);

        var told = await _describer.DescribeAsync(job);

        Assert.Null(told.Training);
        Assert.Equal((JobState.Running, 0L, 0L, "steps"), (told.State, told.Progress.Done, told.Progress.Total, told.Progress.Unit));
    }

    [Fact]
    public async Task Describe_TrainingThatRunsHere_IsWhatItsRunnerSays()
    {
        var job = await PlannedAsync();
        var live = new TrainingProgress { Lanes = 4, Steals = 77 };
        _feeds.Open(job.Id).Publish(new JobProgress(30, 12, 5, 0, "/job:ps/task:1") { Training = live });

        var told = await _describer.DescribeAsync(job);

        Assert.Equal(live, told.Training);
        Assert.Equal((30L, 75L, 12.0, "/job:ps/task:1"), (told.Progress.Done, told.Progress.Total, told.Progress.Rate, told.Progress.WaitingFor));
    }

    [Fact]
    public async Task Describe_TrainingThatRunsElsewhereOrHasOnlyBegunHere_IsItsRecord()
    {
        var job = await PlannedAsync();

        Assert.Equal((4, 1), (await FiguresAsync(job)));
        _feeds.Open(job.Id).Publish(new JobProgress(0, 0, 0, 0, "2 ps tasks"));
        Assert.Equal((4, 1), (await FiguresAsync(job)));

        async Task<(int, int)> FiguresAsync(JobRecord record)
        {
            var training = (await _describer.DescribeAsync(record)).Training;
            return (training.Lanes, training.ParameterStores);
        }
    }

    [Fact]
    public async Task Describe_TrainingThatHasEnded_IsItsRecordAndNotWhatItsRunnerSaidLast()
    {
        var job = await PlannedAsync();
        _feeds.Open(job.Id).Publish(new JobProgress(30, 12, 5, 2, "a worker") { Training = new TrainingProgress { Steals = 77 } });
        var ended = await EndedAsync(job);

        var told = await _describer.DescribeAsync(ended);

        Assert.Equal((4, 0L), (told.Training.Lanes, told.Training.Steals));
        Assert.Equal((0L, 0L, ""), (told.Progress.Done, told.Progress.ItemsOutstanding, told.Progress.WaitingFor));
        Assert.Equal((JobState.Failed, "planted"), (told.State, told.Error));
    }

    [Theory]
    [InlineData(JobState.Running, 75)]
    [InlineData(JobState.Cancelled, 75)]
    [InlineData(JobState.Failed, 75)]
    [InlineData(JobState.Succeeded, 13)]
    public async Task Describe_TrainingThatEndsBeforeItsLastStep_KeepsItsPlanUnlessItSucceeded(JobState state, long total)
    {
        var job = await PlannedAsync() with { State = state, Done = 13 };

        var told = await _describer.DescribeAsync(job);

        Assert.Equal((13L, total), (told.Progress.Done, told.Progress.Total));
    }

    [Fact]
    public async Task Describe_KindOfALaterVersion_IsListedWithoutUnit()
    {
        var job = await RunningAsync("quantum") with { Done = 3, Total = 9 };

        var told = await _describer.DescribeAsync(job);

        Assert.Equal(("quantum", 3L, 9L, ""), (told.Kind, told.Progress.Done, told.Progress.Total, told.Progress.Unit));
        Assert.Null(told.Training);
    }

    [Fact]
    public async Task Describe_WhatAllWaitFor_IsSaidOfEveryJobThatHasNotEnded()
    {
        var job = await PlannedAsync();
        var elsewhere = await RunningAsync("quantum");
        _feeds.Open(job.Id).Publish(new JobProgress(0, 0, 0, 0, "2 ps tasks"));
        _condition.RedisRefuses("Redis, which is full", "make room");

        Assert.Equal("Redis, which is full", (await _describer.DescribeAsync(job)).Progress.WaitingFor);
        Assert.Equal("Redis, which is full", (await _describer.DescribeAsync(elsewhere)).Progress.WaitingFor);
        Assert.Equal("", (await _describer.DescribeAsync(await EndedAsync(job))).Progress.WaitingFor);
    }

    [Fact]
    public async Task Watch_AllBeginToWait_TellsItThoughTheJobSaysNothing()
    {
        var job = await PlannedAsync();
        _feeds.Open(job.Id);
        var stream = new RecordingStream<JobUpdate>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watching = new JobWatch(_jobs, _feeds, _describer, _condition, TimeProvider.System, new WatchRequest { Id = job.Id })
            .RunAsync(stream, job, end.Token);
        await UntilAsync(() => stream.Written.Count > 0);

        _condition.BrokerRefuses("RabbitMQ, which takes no messages");
        await UntilAsync(() => stream.Written.Last().Job.Progress.WaitingFor.Length > 0);

        Assert.Equal("RabbitMQ, which takes no messages", stream.Written.Last().Job.Progress.WaitingFor);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.WaitAsync(Limit, Ct));
    }

    [Fact]
    public async Task Watch_JobEndsAfterAPartialResult_TellsItOnce()
    {
        var job = await PlannedAsync();
        var feed = _feeds.Open(job.Id);
        feed.Add(new PartialResult { Clock = 1 });
        var stream = new RecordingStream<JobUpdate>();
        var watching = new JobWatch(_jobs, _feeds, _describer, _condition, TimeProvider.System, new WatchRequest { Id = job.Id }).RunAsync(stream, job, Ct);
        await UntilAsync(() => stream.Written.Count > 0);

        feed.Add(new PartialResult { Clock = 2 });
        await EndedAsync(job);
        _feeds.Close(job.Id);
        await watching.WaitAsync(Limit, Ct);

        Assert.Equal([1, 2], stream.Written.SelectMany(update => update.PartialResults).Select(result => result.Clock));
        Assert.Equal(JobState.Failed, stream.Written.Last().Job.State);
    }

    [Fact]
    public async Task Watch_JobGoesOnWithANewRunner_TellsThePartialResultsOfBoth()
    {
        var job = await PlannedAsync();
        var first = _feeds.Open(job.Id);
        first.Add(new PartialResult { Clock = 1 });
        first.Add(new PartialResult { Clock = 2 });
        var stream = new RecordingStream<JobUpdate>();
        var watching = new JobWatch(_jobs, _feeds, _describer, _condition, TimeProvider.System, new WatchRequest { Id = job.Id }).RunAsync(stream, job, Ct);
        await UntilAsync(() => stream.Written.Count > 0);

        _feeds.Close(job.Id);
        _feeds.Open(job.Id).Add(new PartialResult { Clock = 1 });
        await UntilAsync(() => stream.Written.SelectMany(update => update.PartialResults).Count() == 3);
        await EndedAsync(job);
        _feeds.Close(job.Id);
        await watching.WaitAsync(Limit, Ct);

        Assert.Equal([1, 2, 1], stream.Written.SelectMany(update => update.PartialResults).Select(result => result.Clock));
    }

    private async Task<JobRecord> RunningAsync(string kind)
    {
        var job = new NewJob
        {
            Id = $"job-{Guid.NewGuid():N}",
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            Kind = kind,
            Spec = "{}",
            Generation = new Protocol.Segments.Generation(1, 7),
            Submitted = DateTimeOffset.UtcNow,
            Trace = "",
            LogDevicePlacement = false,
        };
        await _jobs.CreateAsync(job, Owner);
        Assert.Equal(TransitionAnswer.Done, await _jobs.MoveAsync(job.Id, Owner, JobState.Pending, JobState.Running));
        return (await _jobs.ReadAsync(job.Id))!;
    }

    private async Task<JobRecord> PlannedAsync()
    {
        var job = await RunningAsync(JobKinds.Training);
        Assert.Equal(TrainingAnswer.Done, await _trainings.PlanAsync(job.Id, Owner, Plan, []));
        return (await _jobs.ReadAsync(job.Id))!;
    }

    private async Task<JobRecord> EndedAsync(JobRecord job)
    {
        Assert.Equal(TransitionAnswer.Done, await _jobs.MoveAsync(job.Id, Owner, JobState.Running, JobState.Failed, "planted"));
        return (await _jobs.ReadAsync(job.Id))!;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }
}
