using System.Globalization;
using System.Text;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests.Training;

/// <summary>A job that goes on with a checkpoint ends in the bits of one that nothing disturbed, whatever ps tasks and workers there are then.</summary>
public sealed class ContinuationTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 300_000;

    private static readonly TrainingSpec Odd = new()
    {
        Lanes = 7,
        Batch = 2,
        Epochs = 30,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 3,
        CheckpointEverySteps = 50,
        KeepCheckpoints = 3,
    };

    [Theory(Timeout = TestLimit)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Train_FromACheckpointInTheMiddle_GivesTheBitsOfOneLoop(int before, int after)
    {
        var expected = LineSimulation.Run(Odd);
        var first = await embedded.Client.TrainAsync(Odd with { ParameterStores = before }, cancellationToken: TestContext.Current.CancellationToken);

        // 240 steps: of the checkpoints at 50, 100, 150 and 200 the last three are kept.
        TrainedModel[] models = [];
        foreach (var clock in (long[])[100, 150, 200])
            models = [.. models, await embedded.Client.TrainAsync(Odd with { ParameterStores = after, From = $"{first.JobId}@{clock}" },
                cancellationToken: TestContext.Current.CancellationToken)];

        Assert.All(models.Prepend(first), model =>
        {
            Assert.Equal([expected.Weight, expected.Bias], [.. model.Parameters!["w"], .. model.Parameters["b"]]);
            Assert.Equal((LineSimulation.Clocks(Odd), 30L * 101), (model.Steps, model.Examples));
        });
        var gone = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.TrainAsync(Odd with { From = $"{first.JobId}@50" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("from", Assert.Single(gone.Violations).Field);
    }

    /// <summary>One lane that updates by itself is one loop: then the bits are the same here too. Adam counts updates, which go on where they were.</summary>
    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Async, 1)]
    [InlineData(TrainingNames.Ssp, 1)]
    [InlineData(TrainingNames.Async, 7)]
    [InlineData(TrainingNames.Ssp, 7)]
    public async Task Train_LanesThatUpdateByThemselves_ResumedTakesTheRestOfTheExamplesOnce(string mode, int lanes)
    {
        var spec = Odd with
        {
            Mode = mode,
            Staleness = mode == TrainingNames.Ssp ? 2 : 0,
            Lanes = lanes,
            Batch = 14 / lanes,
            Optimizer = TrainingNames.Adam,
            LearningRate = 0.01f
        };
        var undisturbed = await embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

        var resumed = await embedded.Client.TrainAsync(
            spec with { From = $"{undisturbed.JobId}@{100}", ParameterStores = 1 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((undisturbed.Steps, 30L * 101), (resumed.Steps, resumed.Examples));
        if (lanes == 1)
            Assert.Equal([.. undisturbed.Parameters!["w"], .. undisturbed.Parameters["b"]], [.. resumed.Parameters!["w"], .. resumed.Parameters["b"]]);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_MoreEpochsFromTheEnd_GivesTheBitsOfTheLongerJob()
    {
        var first = await embedded.Client.TrainAsync(Odd with { Epochs = 10 }, cancellationToken: TestContext.Current.CancellationToken);

        var longer = await embedded.Client.TrainAsync(Odd with { From = first.JobId }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(LineSimulation.Run(Odd).Fingerprint, longer.Fingerprint);
        Assert.Equal(30L * 101, longer.Examples);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_CancelledAndResumedOnAnotherCutOfTheParameters_GivesTheBitsOfTheUndisturbedJob()
    {
        var (csv, features) = (Table(rows: 211, features: 37), 37);
        await using var cluster = await TrainingFixture.StartAsync(workers: 2, parameterStores: 5);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var data = await client.LoadDataAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "y", cancellationToken: TestContext.Current.CancellationToken);
        TrainingSpec spec = new()
        {
            Data = data.Id,
            Label = "y",
            Lanes = 5,
            Batch = 4,
            Epochs = 200,
            Optimizer = TrainingNames.Adagrad,
            LearningRate = 0.1f,
            Seed = 9,
            ParameterStores = 5,
        };
        var undisturbed = await client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(features, undisturbed.Parameters!["w"].Count);

        var job = await client.SubmitAsync(spec with { Epochs = 100_000 }, cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var update in client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
        {
            if (update.Job is { State: JobState.Running, Training.CommittedClock: > 0 })
                await client.CancelAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);
        }

        var cancelled = await client.GetJobAsync(job.Id, TestContext.Current.CancellationToken);
        Assert.Equal(JobState.Cancelled, cancelled.State);
        Assert.InRange(cancelled.Training!.CommittedClock, 1, undisturbed.Steps - 1);
        Assert.Equal((cancelled.Training.CommittedClock, undisturbed.Steps / spec.Epochs * 100_000), (cancelled.Progress.Done, cancelled.Progress.Total));
        foreach (var stores in (int[])[1, 2, 4])
        {
            var resumed = await client.TrainAsync(spec with { From = job.Id, ParameterStores = stores },
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal((undisturbed.Fingerprint, undisturbed.Steps, undisturbed.Examples), (resumed.Fingerprint, resumed.Steps, resumed.Examples));
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_WeightsOnly_StartsAnewFromTheParameters()
    {
        var first = await embedded.Client.TrainAsync(Odd with { Epochs = 10 }, cancellationToken: TestContext.Current.CancellationToken);
        var other = Odd with { Lanes = 3, Batch = 1, Seed = 77, LearningRate = 0.3f, Epochs = 4 };

        var tuned = await embedded.Client.TrainAsync(other with { From = first.JobId, WeightsOnly = true },
            cancellationToken: TestContext.Current.CancellationToken);

        // What one loop gives from these parameters, slots and clocks anew.
        var expected = LineSimulation.Run(other with { StartWeight = first.Parameters!["w"][0], StartBias = first.Parameters["b"][0] });
        Assert.Equal(expected.Fingerprint, tuned.Fingerprint);
        Assert.Equal(4L * 101, tuned.Examples);
    }

    /// <summary>Slots follow from the parameters as those of a job that starts with them.</summary>
    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Ftrl)]
    [InlineData(TrainingNames.Adam)]
    [InlineData(TrainingNames.Adagrad)]
    public async Task Train_WeightsOnly_GivesTheBitsOfAJobThatStartsWithThem(string optimizer)
    {
        var first = await embedded.Client.TrainAsync(Odd with { Epochs = 3 }, cancellationToken: TestContext.Current.CancellationToken);
        var other = Odd with
        {
            Optimizer = optimizer,
            Lanes = 3,
            Seed = 77,
            LearningRate = 0.1f,
            Epochs = 4,
            L1 = optimizer == TrainingNames.Ftrl ? 0.01f : null
        };

        var tuned = await embedded.Client.TrainAsync(other with { From = first.JobId, WeightsOnly = true },
            cancellationToken: TestContext.Current.CancellationToken);
        var fresh = await embedded.Client.TrainAsync(
            other with { StartWeight = first.Parameters!["w"][0], StartBias = first.Parameters["b"][0] },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(fresh.Fingerprint, tuned.Fingerprint);
        Assert.NotEqual(first.Fingerprint, tuned.Fingerprint);
    }

    /// <summary>Rates, statistics and split are functions of plan and clock: going on gives the same bits with all of them.</summary>
    [Fact(Timeout = 2 * TestLimit)]
    public async Task Train_AdamCosineStandardisedSplit_ResumedOnOtherPartsGivesTheBitsOfTheUndisturbedJob()
    {
        var csv = Table(rows: 150, features: 5);
        TrainingSpec spec = new()
        {
            Label = "y",
            Model = TrainingNames.Mlp,
            Layers = "6",
            Lanes = 5,
            Batch = 3,
            Epochs = 12,
            Optimizer = TrainingNames.Adam,
            LearningRate = 0.05f,
            Seed = 9,
            Schedule = TrainingNames.Cosine,
            WarmupSteps = 7,
            Standardise = true,
            TestFraction = 0.25,
            EvaluateEpochs = 3,
            CheckpointEverySteps = 17,
        };
        var file = Path.Combine(Directory.CreateTempSubdirectory("resumed-").FullName, "half.safetensors");
        TrainedModel undisturbed;
        await using (var cluster = await TrainingFixture.StartAsync(workers: 1, parameterStores: 1))
        {
            await using var client = ClusterClient.Connect(cluster.Connection);
            undisturbed = await client.TrainAsync(spec with { Data = await LoadAsync(client, csv) }, cancellationToken: TestContext.Current.CancellationToken);
            // 8 steps an epoch, 96 in all.
            Assert.Equal(96, undisturbed.Steps);
            await client.ExportCheckpointAsync($"{undisturbed.JobId}@51", file, cancellationToken: TestContext.Current.CancellationToken);
        }

        await using var other = await TrainingFixture.StartAsync(workers: 3, parameterStores: 3);
        await using var resuming = ClusterClient.Connect(other.Connection);
        var here = spec with { Data = await LoadAsync(resuming, csv) };
        await resuming.ImportCheckpointAsync(file, "half", cancellationToken: TestContext.Current.CancellationToken);
        foreach (var stores in (int[])[1, 2, 3])
        {
            var resumed = await resuming.TrainAsync(here with { From = "half", ParameterStores = stores },
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal((undisturbed.Fingerprint, undisturbed.Steps, undisturbed.Examples), (resumed.Fingerprint, resumed.Steps, resumed.Examples));
            Assert.Equal(undisturbed.LastEvaluation!.Values, resumed.LastEvaluation!.Values);
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_MoreEpochsOfACosine_IsRefusedUnlessTheRatesStayAsTheyWere()
    {
        var spec = Odd with { Epochs = 10, Schedule = TrainingNames.Cosine, WarmupSteps = 5, DecayFactor = 0.1f };
        var first = await embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
        var longer = spec with { Epochs = 20, From = first.JobId };

        var refused = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.SubmitAsync(longer, cancellationToken: TestContext.Current.CancellationToken));
        var violation = Assert.Single(refused.Violations);
        Assert.Equal("decaySteps", violation.Field);
        Assert.Contains("give 75 to go on", violation.Limit, StringComparison.Ordinal);
        var resumed = await embedded.Client.TrainAsync(longer with { DecaySteps = 75 }, cancellationToken: TestContext.Current.CancellationToken);
        var undisturbed = await embedded.Client.TrainAsync(longer with { DecaySteps = 75, From = null },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(undisturbed.Fingerprint, resumed.Fingerprint);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_WhatCannotGoOn_IsRefusedWithFieldAndBothValues()
    {
        var first = await embedded.Client.TrainAsync(Odd with { Epochs = 3 }, cancellationToken: TestContext.Current.CancellationToken);
        var next = Odd with { From = first.JobId };
        (string Field, TrainingSpec Spec, string Part)[] wrong =
        [
            ("lanes", next with { Lanes = 8 }, "is 7 in"),
            ("batch", next with { Batch = 3 }, "is 2 in"),
            ("seed", next with { Seed = 4 }, "is 3 in"),
            ("optimizer", next with { Optimizer = TrainingNames.Sgd }, "is adagrad in"),
            ("mode", next with { Mode = TrainingNames.Async }, "is sync in"),
            ("epochs", next with { Epochs = 3 }, "is at step 24"),
            ("from", next with { From = "no-such-job" }, "no such checkpoint"),
            ("from", next with { From = "No Such" }, "must be JOB"),
            ("weightsOnly", next with { From = null, WeightsOnly = true }, "must be given with"),
        ];
        foreach (var (field, spec, part) in wrong)
        {
            var refused = await Assert.ThrowsAsync<SpecRejectedException>(() =>
                embedded.Client.SubmitAsync(spec, cancellationToken: TestContext.Current.CancellationToken));
            var violation = Assert.Single(refused.Violations);
            Assert.Equal(field, violation.Field);
            Assert.Contains(part, violation.Limit, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_OtherDataThanTheCheckpoints_IsRefusedUnlessItsWeightsAreAllThatIsWanted()
    {
        var first = await LoadAsync(Table(rows: 60, features: 3));
        var other = await LoadAsync(Table(rows: 61, features: 3));
        TrainingSpec spec = new() { Data = first, Label = "y", Lanes = 2, Batch = 4, Epochs = 2, Optimizer = TrainingNames.Adagrad, LearningRate = 0.1f };
        var model = await embedded.Client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.SubmitAsync(spec with { Data = other, Epochs = 5, From = model.JobId }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("data", Assert.Single(refused.Violations).Field);
        var tuned = await embedded.Client.TrainAsync(spec with { Data = other, From = model.JobId, WeightsOnly = true },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2L * 61, tuned.Examples);
    }

    private static async Task<string> LoadAsync(ClusterClient client, string csv) =>
        (await client.LoadDataAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "y", cancellationToken: TestContext.Current.CancellationToken)).Id;

    private Task<string> LoadAsync(string csv) => LoadAsync(embedded.Client, csv);

    private static string Table(int rows, int features)
    {
        var random = new Random(5);
        var text = new StringBuilder();
        text.AppendLine(string.Join(',', Enumerable.Range(0, features).Select(i => $"x{i}").Append("y")));
        for (var row = 0; row < rows; row++)
        {
            double[] x = [.. Enumerable.Range(0, features).Select(_ => random.NextDouble() - 0.5)];
            var y = x.Select((value, i) => value * (i - 3)).Sum();
            text.AppendLine(string.Join(',', x.Append(y).Select(value => value.ToString("F4", CultureInfo.InvariantCulture))));
        }

        return text.ToString();
    }
}
