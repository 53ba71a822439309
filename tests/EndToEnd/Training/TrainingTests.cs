using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using Cluster.Support.Processes;
using Cluster.TestModels;

namespace Cluster.EndToEnd.Training;

/// <summary>What training comes to without faults of the machine: accuracy, divergence, cancellation, sharing, refusal.</summary>
public sealed partial class TrainingTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int FaultyRows = 64;
    private const int FaultyRow = 41;
    private const int Stores = 2;

    [Fact(Timeout = TestLimit)]
    public async Task Train_FullBatches_EqualDescentInDoublePrecision()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        // Far enough to see the path, too few steps to forget it at the minimum.
        var spec = new TrainingSpec { Lanes = 8, Batch = 16, Epochs = 12, LearningRate = 0.25f, Seed = 9 };

        var model = await TrainAsync(cluster, spec);

        var (w, b) = LineOracle.Descend(LineExample.Create(spec.Seed), spec.Epochs, spec.LearningRate);
        Assert.Equal(spec.Epochs, model.Steps);
        // A step rounds to some 1e-7 of numbers around 1, and contracts what earlier ones rounded.
        Assert.Equal(w, model.Parameters!["w"][0], 3e-6);
        Assert.Equal(b, model.Parameters["b"][0], 3e-6);
        Assert.InRange(Math.Abs(w - LineOracle.LeastSquares(LineExample.Create(spec.Seed)).W), 0.01, 1);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ChaptersExampleAsynchronously_LandsWithinItsNoiseOfLeastSquares()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        var spec = new TrainingSpec
        {
            Mode = TrainingNames.Async,
            Lanes = 2,
            Epochs = 100,
            Optimizer = TrainingNames.Adagrad,
            LearningRate = 0.8f,
            Seed = 12,
        };

        var model = await TrainAsync(cluster, spec);

        Assert.Equal(100 * LineExample.Rows, model.Examples);
        var data = LineExample.Create(spec.Seed);
        var (w, b) = LineOracle.LeastSquares(data);
        var (spreadOfW, spreadOfB) = LineOracle.AdagradSpread(data, model.Examples, spec.LearningRate);
        Say(FormattableString.Invariant(
            $"w {model.Parameters!["w"][0]} (least squares {w:0.####} ± {spreadOfW:0.####}), b {model.Parameters["b"][0]} ({b:0.####} ± {spreadOfB:0.####})"));
        Assert.Equal(w, model.Parameters["w"][0], 5 * spreadOfW);
        Assert.Equal(b, model.Parameters["b"][0], 5 * spreadOfB);
    }

    /// <summary>Stale and local steps land where synchronous ones do.</summary>
    /// <remarks>
    /// The tolerance is five of the standard deviations that plain descent of constant rate η has about the minimum (see
    /// <see cref="LineOracle.SgdSpread"/>), for the batch of one lane: an average over lanes has less, and a gradient that
    /// is a few clocks old adds a share of about η·h·(clocks·lanes), here below a tenth. Synchronous training with the same
    /// batch has this noise itself.
    /// </remarks>
    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync, 0, 1)]
    [InlineData(TrainingNames.Sync, 0, 4)]
    [InlineData(TrainingNames.Ssp, 0, 1)]
    [InlineData(TrainingNames.Ssp, 3, 1)]
    [InlineData(TrainingNames.Async, 0, 1)]
    public async Task Train_LineInEachMode_LandsWithinTheNoiseOfDescentOfLeastSquares(string mode, int staleness, int localSteps)
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        var spec = new TrainingSpec
        {
            Mode = mode,
            Lanes = 4,
            Batch = 4,
            Epochs = 150,
            LearningRate = 0.01f,
            Staleness = staleness,
            LocalSteps = localSteps,
            Seed = 12,
        };

        var model = await TrainAsync(cluster, spec);

        Assert.Equal(150 * LineExample.Rows, model.Examples);
        var data = LineExample.Create(spec.Seed);
        var (w, b) = LineOracle.LeastSquares(data);
        var (spreadOfW, spreadOfB) = LineOracle.SgdSpread(data, spec.Batch, spec.LearningRate);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{mode} {staleness} {localSteps}: w {model.Parameters!["w"][0]} (least squares {w:0.####} ± {spreadOfW:0.####}), b "
            + $"{model.Parameters["b"][0]} ({b:0.####} ± {spreadOfB:0.####})"));
        Assert.Equal(w, model.Parameters["w"][0], 5 * spreadOfW);
        Assert.Equal(b, model.Parameters["b"][0], 5 * spreadOfB);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_RateFarTooLarge_FailsNamingLanesClockAndTensorAndKeepsTheLastCommit()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        // The error of b grows by a factor of 1 - 2·1.01 = -1.02 a step.
        var job = await cluster.Client.SubmitAsync(new TrainingSpec { Lanes = 8, Batch = 16, Epochs = 1_000_000, LearningRate = 1.01f }, cancellationToken: Ct);

        var ended = await EndAsync(cluster, job);

        Assert.Equal(JobState.Failed, ended.State);
        var said = Divergence().Match(ended.Error);
        Assert.True(said.Success, ended.Error);
        Assert.Contains(said.Groups["tensor"].Value, (string[])["w", "b"]);
        await AssertLastCommitKeptAsync(cluster, ended, before: Clock(said));
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("nan", FaultyModel.IsNotANumber)]
    [InlineData("infinity", FaultyModel.IsInfinite)]
    public async Task Train_GradientThatIsNotFinite_FailsNamingTheBatchAndKeepsTheLastCommit(string data, float fault)
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadFaultyAsync(cluster, data, fault);
        var spec = Faulty(data, faultAt: 1500);

        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        Assert.Equal(JobState.Failed, ended.State);
        var said = Divergence().Match(ended.Error);
        Assert.True(said.Success, ended.Error);
        var (lane, clock) = BatchOfFault(spec, 1500);
        Assert.Equal((clock, "gradient", "count"), (Clock(said), said.Groups["what"].Value, said.Groups["tensor"].Value));
        var first = int.Parse(said.Groups["first"].Value, CultureInfo.InvariantCulture);
        Assert.InRange(lane, first, said.Groups["last"].Success ? int.Parse(said.Groups["last"].Value, CultureInfo.InvariantCulture) : first);
        await AssertLastCommitKeptAsync(cluster, ended, before: clock);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ModelThatThrows_FailsWithLaneClockAndMessageWhileAnotherJobGoesOn()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        await UploadFaultyAsync(cluster, "throws", FaultyModel.Throws);
        var beside = Counting(TrainingNames.Sync, epochs: 14);
        var other = await cluster.Client.SubmitAsync(beside, cancellationToken: Ct);
        var spec = Faulty("throws", faultAt: 3);

        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        var (lane, clock) = BatchOfFault(spec, 3);
        Assert.Equal(JobState.Failed, ended.State);
        Assert.Matches($"^lane {lane}, clock {clock} failed on /job:worker/replica:0/task:[012]/device:CPU:0: {FaultyModel.Message}$", ended.Error);
        AssertCounted(beside, await EndAsync(cluster, other));
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync)]
    [InlineData(TrainingNames.Async)]
    public async Task Cancel_InMidJob_FreesWorkersAndStoresAndKeepsTheLastCommit(string mode)
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var job = await cluster.Client.SubmitAsync(Counting(mode, epochs: 1_000_000), cancellationToken: Ct);
        await UntilAsync(cluster, job, "commits", j => j.Training is { Commits: >= 2 });
        await Poll.UntilAsync("somebody works for the job", () => DoingAsync(cluster, job), doing => doing.Length > 0, Limit, Ct);

        var asked = Stopwatch.GetTimestamp();
        var cancelled = await cluster.Client.CancelAsync(job.Id, "the test says so", Ct);
        await Poll.UntilAsync("nobody does anything for the job", () => DoingAsync(cluster, job), doing => doing.Length == 0, Limit, Ct);

        Say(FormattableString.Invariant($"cancelled, {mode}: all free after {Stopwatch.GetElapsedTime(asked).TotalSeconds:0.00} s"));
        Assert.Equal((JobState.Cancelled, "cancelled: the test says so"), (cancelled.State, cancelled.Error));
        await AssertLastCommitKeptAsync(cluster, await cluster.Client.GetJobAsync(job.Id, Ct), before: long.MaxValue);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_TwoJobsAtOnce_BothGetOnAndKeepTheirBits()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var specs = ((ulong[])[5, 6]).Select(seed => Counting(TrainingNames.Sync, epochs: 10, seed)).ToArray();

        var jobs = await Task.WhenAll(specs.Select(spec => cluster.Client.SubmitAsync(spec, cancellationToken: Ct)));
        var halfway = await Poll.UntilAsync("both have commits", () => Task.WhenAll(jobs.Select(job => cluster.Client.GetJobAsync(job.Id, Ct))),
            both => both.All(job => job.Training is { Commits: >= 2 }), Limit, Ct);

        Assert.All(halfway, job => Assert.Equal(JobState.Running, job.State));
        foreach (var (spec, job) in specs.Zip(jobs))
            AssertCounted(spec, await EndAsync(cluster, job));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_WrongSpec_IsRefusedByFieldAndLeavesNothing()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        // Keys of other tests' jobs may go meanwhile.
        var before = await Poll.UntilAsync("no job is open", () => KeysAsync(cluster, "cluster:job*"), keys => !keys.Contains("cluster:jobs:open"), Limit, Ct);
        var right = Counting(TrainingNames.Sync, epochs: 1);

        await AssertRefusedAsync(cluster, right with { Model = "perceptron" },
            "model: perceptron: must be counting or faulty or linear or logistic or mlp or softmax");
        await AssertRefusedAsync(cluster, right with { Data = "elsewhere" }, "data: elsewhere: must be the name or the id of a data set");
        await AssertRefusedAsync(cluster, right with { Label = "price" }, "label: price: must be the label that the data set was loaded with, pace");
        await AssertRefusedAsync(cluster, right with { Lanes = 257 }, "lanes: 257: must be from 1 to 256");

        Assert.Empty((await KeysAsync(cluster, "cluster:job*")).Except(before));
    }

    private static async Task AssertRefusedAsync(TestCluster cluster, TrainingSpec spec, string violation)
    {
        var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => cluster.Client.SubmitAsync(spec, cancellationToken: Ct));
        Assert.Equal(violation, Assert.Single(refused.Violations).ToString());
    }

    private static Task UploadFaultyAsync(TestCluster cluster, string data, float fault)
        => UploadAsync(cluster, data, "fault", FaultyRows, row => row == FaultyRow ? fault : 0);

    private static TrainingSpec Faulty(string data, int faultAt) => new()
    {
        Model = FaultyModel.ModelName,
        Data = data,
        Label = "fault",
        Lanes = 4,
        Batch = 4,
        Epochs = 1_000_000,
        LearningRate = 1,
        StartBias = faultAt,
    };

    /// <summary>The batch that takes the faulty example in an epoch, by the definition of the schedule: full steps of 4 · 4 examples.</summary>
    private static (int Lane, long Clock) BatchOfFault(TrainingSpec spec, int epoch)
    {
        var order = new ExampleOrder(spec.Seed, FaultyRows);
        var position = Enumerable.Range(0, FaultyRows).Single(position => order.Example(epoch, position) == FaultyRow);
        return (position % 16 / 4, (epoch * (FaultyRows / 16)) + (position / 16));
    }

    private static async Task AssertLastCommitKeptAsync(TestCluster cluster, JobInfo ended, long before)
    {
        Assert.InRange(ended.Training!.CommittedClock, 1, before);
        var clock = ended.Training.CommittedClock.ToString(CultureInfo.InvariantCulture);
        // A head and, for each, the one chunk of its parameters; snapshots that are not the last commit's are gone.
        var kept = await Poll.UntilAsync("the last commit alone is kept", () => KeysAsync(cluster, $"*{ended.Id}*:snapshot:*"),
            keys => keys.Count(key => key.EndsWith(":" + clock, StringComparison.Ordinal)) == Stores
                && keys.Count(key => key.EndsWith($":{clock}:0:0", StringComparison.Ordinal)) == Stores, Limit, Ct);
        Assert.NotEmpty(kept);
    }

    private static async Task<string[]> KeysAsync(TestCluster cluster, string pattern)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        return [.. redis.GetServers()[0].Keys(pattern: pattern).Select(key => key.ToString()).Order(StringComparer.Ordinal)];
    }

    private static async Task<string[]> DoingAsync(TestCluster cluster, JobInfo job)
        => [.. (await cluster.Client.ListTasksAsync(Ct)).SelectMany(task => task.Devices).Select(device => device.Doing)
            .Where(doing => doing.Contains(job.Id, StringComparison.Ordinal))];

    private static long Clock(Match divergence) => long.Parse(divergence.Groups["clock"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^diverged at clock (?<clock>[0-9]+), lanes? (?<first>[0-9]+)(-(?<last>[0-9]+))?: the (?<what>gradient|update) of tensor "
        + "(?<tensor>[a-z]+) is not finite$")]
    private static partial Regex Divergence();
}
