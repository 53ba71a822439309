using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Training jobs through every service on embedded parts.</summary>
public sealed class TrainingTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 300_000;

    private static readonly TrainingSpec Short = new() { Lanes = 4, Batch = 5, Epochs = 40, Optimizer = TrainingNames.Adagrad, LearningRate = 0.8f, Seed = 5 };

    private static readonly TrainingSpec Endless = Short with { Epochs = 1_000_000 };

    private static readonly (string Field, TrainingSpec Spec)[] WrongSpecs =
    [
        ("model", Short with { Model = "Linear" }),
        ("model", Short with { Model = "unknown" }),
        ("data", Short with { Data = "data-\n", Label = "y" }),
        ("data", Short with { Data = "data-unknown", Label = "y" }),
        ("label", Short with { Label = "y" }),
        ("data", Short with { Data = "data-unknown" }),
        ("mode", Short with { Mode = "slow" }),
        ("lanes", Short with { Lanes = 0 }),
        ("lanes", Short with { Lanes = 257 }),
        ("batch", Short with { Batch = 0 }),
        ("epochs", Short with { Epochs = -1 }),
        ("optimizer", Short with { Optimizer = "adagrda" }),
        ("momentum", Short with { Momentum = 0.9f }),
        ("decaySteps", Short with { Schedule = TrainingNames.Step }),
        ("learningRate", Short with { LearningRate = float.NaN }),
        ("initialAccumulator", Short with { InitialAccumulator = 0 }),
        ("startWeight", Short with { StartWeight = float.PositiveInfinity }),
        ("startBias", Short with { StartBias = float.NaN }),
        ("parameterStores", Short with { ParameterStores = 1025 }),
    ];

    [Fact(Timeout = TestLimit)]
    public async Task Train_Asynchronous_CountsEveryExampleOnce()
    {
        var model = await embedded.Client.TrainAsync(Short with { Mode = TrainingNames.Async, Batch = 1 },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((40L * LineExample.Rows, 40L * 26), (model.Examples, model.Steps));
        // From a loss above 5 at the start, with the noise of 0.4² about the line.
        Assert.InRange(model.Loss, 0.05, 0.5);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_FullBatchDescent_IsThatOfDoublePrecision()
    {
        var spec = Short with { Lanes = 8, Batch = 13, Epochs = 300, Optimizer = TrainingNames.Sgd, LearningRate = 0.05f };
        var (w, b) = LineSimulation.FullBatchDescent(spec);

        var model = await embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(w, model.Parameters!["w"].Single(), 1e-5);
        Assert.Equal(b, model.Parameters["b"].Single(), 1e-5);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_TwoJobsAtOnce_EachEndsInItsOwnBits()
    {
        TrainingSpec[] specs = [Short with { Epochs = 200 },
            Short with { Epochs = 150, Lanes = 3, Seed = 6, Optimizer = TrainingNames.Sgd, LearningRate = 0.01f }];

        var models = await Task.WhenAll(
            specs.Select(spec => embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken)));

        Assert.Equal(specs.Select(spec => LineSimulation.Run(spec).Fingerprint), models.Select(model => model.Fingerprint));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Cancel_InTheMiddle_KeepsTheLastCommitAndFreesTheParameterStores()
    {
        var job = await embedded.Client.SubmitAsync(Endless, cancellationToken: TestContext.Current.CancellationToken);
        var running = await UntilAsync(
            async () => (await embedded.Client.GetJobAsync(job.Id, TestContext.Current.CancellationToken)).Training, training => training is { Commits: > 1 })
            ?? throw new InvalidOperationException();

        var cancelled = await embedded.Client.CancelAsync(job.Id, "enough", TestContext.Current.CancellationToken);

        Assert.Equal((JobState.Cancelled, "cancelled: enough"), (cancelled.State, cancelled.Error));
        var model = TrainedModel.FromJob(await embedded.Client.GetJobAsync(job.Id, TestContext.Current.CancellationToken));
        Assert.Equal("cancelled: enough", model.End);
        await UntilAsync(DoingAsync, doing => !doing.Any(text => text.Contains(job.Id, StringComparison.Ordinal)));
        var kept = (await embedded.Client.GetJobAsync(job.Id, TestContext.Current.CancellationToken)).Training!;
        Assert.Equal(model.Steps, kept.CommittedClock);
        Assert.InRange(kept.CommittedClock, running.CommittedClock, LineSimulation.Clocks(Endless) - 1);
        // Those of a segment that was written and not committed expire by themselves; older ones go at once.
        await UntilAsync(
            () => embedded.KeysAsync($"cluster:job:{{{job.Id}}}:snapshot:"),
            keys => keys.Count(key => ClockOf(key) == kept.CommittedClock) == 2 * 3 && keys.All(key => ClockOf(key) >= kept.CommittedClock));
        Assert.Empty(await embedded.KeysAsync($"cluster:job:{{{job.Id}}}:blame"));
    }

    // cluster:job:{ID}:snapshot:TASK:GENERATION:INCARNATION:CLOCK, and two parts more for a chunk.
    private static long ClockOf(string key) => long.Parse(key.Split(':')[7], System.Globalization.CultureInfo.InvariantCulture);

    [Fact(Timeout = TestLimit)]
    public async Task Train_UpdateOverflows_FailsWithClockLanesAndTensor()
    {
        var spec = Short with { Optimizer = TrainingNames.Sgd, LearningRate = 1e30f, ParameterStores = 1 };
        Assert.Equal(1, LineSimulation.Run(spec).DivergedAt);

        var error = await Assert.ThrowsAsync<JobFailedException>(() =>
            embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("diverged at clock 1, lanes 0-3: the update of tensor w is not finite", error.Reason);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_GradientNotFinite_FailsWithTheLaneThatHasIt()
    {
        var spec = Short with { Lanes = 1, Batch = 101, StartBias = 3e38f, ParameterStores = 1 };

        var error = await Assert.ThrowsAsync<JobFailedException>(() =>
            embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("diverged at clock 0, lane 0: the gradient of tensor w is not finite", error.Reason);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_StepsTooLong_FailsAtTheClockOfTheSimulationAndKeepsAnEarlierCommit()
    {
        var spec = Short with { Batch = 26, Epochs = 20_000, Optimizer = TrainingNames.Sgd, LearningRate = 1.01f };
        var clock = LineSimulation.Run(spec).DivergedAt!.Value;
        var job = await embedded.Client.SubmitAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

        var failed = await embedded.Client.WaitAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(JobState.Failed, failed.State);
        Assert.Matches($"^diverged at clock {clock}, lanes? [-0-3]+: the (gradient|update) of tensor [wb] is not finite$", failed.Error);
        Assert.InRange(failed.Training!.CommittedClock, 1, clock);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ModelThrows_FailsWithLaneAndClockAndTheNextJobRuns()
    {
        var spec = Short with { Model = ThrowingModelFactory.ModelName };
        var (clock, lane) = LineSimulation.FirstUse(spec, row: 0);

        var error = await Assert.ThrowsAsync<JobFailedException>(() =>
            embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken));
        var next = await embedded.Client.TrainAsync(Short, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Matches($"^lane {lane}, clock {clock} failed on /job:worker/replica:0/task:[0-2]/device:CPU:0: .*planted", error.Reason);
        Assert.Equal(LineSimulation.Run(Short).Fingerprint, next.Fingerprint);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Watch_LogDevicePlacement_NamesThePsTaskOfEachVariableAndTheDeviceOfEachItem()
    {
        var job = await embedded.Client.SubmitAsync(Short with { LogDevicePlacement = true }, cancellationToken: TestContext.Current.CancellationToken);

        var placements = new List<string>();
        await foreach (var update in embedded.Client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
            placements.AddRange(update.Placements.Select(placement => placement.ToString()));

        Assert.Equal(["w: /job:ps/replica:0/task:0/device:CPU:0", "b: /job:ps/replica:0/task:1/device:CPU:0"], placements.Take(2));
        Assert.All(placements.Skip(2), placement => Assert.Matches(
            @"^(training/clocks_\d+_\d+/lanes?_[\d-]+|evaluation/clock_\d+/training_\d+_\d+): /job:worker/replica:0/task:[0-2]/device:CPU:0$", placement));
        Assert.Equal(placements.Distinct(), placements);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Watch_PartialResults_ComeFromWorkersAndEndWithTheModel()
    {
        var job = await embedded.Client.SubmitAsync(Short, cancellationToken: TestContext.Current.CancellationToken);

        var partials = new List<PartialResult>();
        JobInfo? ended = null;
        await foreach (var update in embedded.Client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
        {
            partials.AddRange(update.PartialResults);
            ended = update.Job;
        }

        var model = TrainedModel.FromJob(ended!);
        Assert.All(partials, partial => Assert.Matches("^/job:worker/task:[0-2]$", partial.Task));
        Assert.All(partials, partial => Assert.Equal(["w", "b"], partial.Parameters.Select(tensor => tensor.Name)));
        PartialResult[] last = [.. partials.Where(partial => partial.Clock == model.Steps)];
        Assert.NotEmpty(last);
        Assert.All(last, partial => Assert.Equal(model.Parameters!.Values.SelectMany(values => values),
            partial.Parameters.SelectMany(tensor => tensor.Values)));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_KeyUsedBefore_IsTheSameJobOrRefused()
    {
        var key = Guid.NewGuid().ToString("N");
        var first = await embedded.Client.SubmitAsync(Short, key, TestContext.Current.CancellationToken);
        var second = await embedded.Client.SubmitAsync(Short, key, TestContext.Current.CancellationToken);

        Assert.Equal(first.Id, second.Id);
        var error = await Assert.ThrowsAnyAsync<ClusterException>(() =>
            embedded.Client.SubmitAsync(Short with { Epochs = 41 }, key, TestContext.Current.CancellationToken));
        Assert.Contains(first.Id, error.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.Succeeded, (await embedded.Client.WaitAsync(first.Id, cancellationToken: TestContext.Current.CancellationToken)).State);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_WrongSpec_NamesTheFieldAndWritesNothing()
    {
        using var channel = GrpcChannel.ForAddress(embedded.Cluster.Connection.Address);
        var jobs = new V1.Jobs.JobsClient(channel);
        var before = await KeysOfJobsAsync();

        foreach (var (field, spec) in WrongSpecs)
        {
            var request = new V1.SubmitRequest { IdempotencyKey = Guid.NewGuid().ToString("N"), Training = spec.ToProto() };
            var error = await Assert.ThrowsAsync<RpcException>(async () =>
                await jobs.SubmitAsync(request, Headers(), DateTime.UtcNow.AddSeconds(60), TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.True(SpecRejection.TryRead(error, out var violations));
            Assert.Equal(field, Assert.Single(violations).Field);
        }

        Assert.Equal(before, await KeysOfJobsAsync());
    }

    // Jobs of other tests have ended; what of them goes later is not counted.
    private async Task<HashSet<string>> KeysOfJobsAsync() =>
        [.. (await embedded.KeysAsync("cluster:job:")).Select(key => key.Split(':')[2]), .. await embedded.KeysAsync("cluster:submission:")];

    private async Task<IEnumerable<string>> DoingAsync() =>
        (await embedded.Client.ListTasksAsync(TestContext.Current.CancellationToken)).Where(task => task.JobName == "ps").SelectMany(task => task.Devices)
        .Select(device => device.Doing);

    private Metadata Headers() => new() { { "authorization", $"Bearer {embedded.Cluster.Connection.Key}" } };

    // The limit is the test's own.
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds)
    {
        while (true)
        {
            var last = await read();
            if (holds(last)) return last;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
    }
}
