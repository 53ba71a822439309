using System.Text;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests.Training;

/// <summary>What users are told of jobs that run and yet may not be what they meant, through the whole cluster.</summary>
public sealed class AdviceTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 120_000;

    // Each update takes b by a factor of 1 - 2·1.1 = -1.2 from where it belongs, and lanes that do not see each other's by more.
    private static readonly TrainingSpec TooFast = new()
    {
        Mode = TrainingNames.Async,
        Lanes = 8,
        Batch = 13,
        Epochs = 12,
        EvaluateSteps = 3,
        LearningRate = 1.1f,
    };

    [Fact(Timeout = TestLimit)]
    public async Task Train_AsyncLossThatRises_IsWarnedOfWithTheRateToTry()
    {
        var (job, model) = await TrainAsync(TooFast, TestContext.Current.CancellationToken);

        var warning = Assert.Single(model.Warnings);
        Assert.StartsWith("the training loss rose from ", warning, StringComparison.Ordinal);
        Assert.EndsWith("try --learning-rate 0.14", warning, StringComparison.Ordinal);
        Assert.Equal(model.Warnings, job.Training!.Warnings);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_AsyncLossThatFallsOrSyncThatRises_IsNotWarnedOf()
    {
        var ct = TestContext.Current.CancellationToken;
        Assert.Empty((await TrainAsync(TooFast with { LearningRate = 0.02f }, ct)).Model.Warnings);
        Assert.Empty((await TrainAsync(TooFast with { Mode = TrainingNames.Sync }, ct)).Model.Warnings);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_AsyncThatDiverges_FailsWithTheRateToTry()
    {
        var job = await embedded.Client.SubmitAsync(TooFast with { LearningRate = 1e30f }, cancellationToken: TestContext.Current.CancellationToken);

        var failed = await embedded.Client.WaitAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(JobState.Failed, failed.State);
        Assert.Matches("diverged.* is not finite; mode async applies the gradient of each of 8 lanes .*try --learning-rate 1.3E[+]29$", failed.Error);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("0 1 2", null)]
    [InlineData("1 2 3", "no row has label 0: model softmax has 4 classes, 0 to 3, ")]
    [InlineData("0 1 5", "no row has label 2-4: model softmax has 6 classes, 0 to 5, ")]
    [InlineData("2 4", "no row has label 0-1, 3: model softmax has 5 classes, 0 to 4, ")]
    public async Task Train_SoftmaxOnLabels_WarnsOfClassesWithoutRows(string labels, string? expected)
    {
        var ct = TestContext.Current.CancellationToken;
        var different = labels.Split(' ');
        var id = await LoadAsync([.. Enumerable.Range(0, 12).Select(row => different[row % different.Length])], ct);

        var (job, model) = await TrainAsync(new TrainingSpec { Model = TrainingNames.Softmax, Data = id, Lanes = 1, LearningRate = 0.1f }, ct);

        Assert.Equal(int.Parse(different[^1], System.Globalization.CultureInfo.InvariantCulture) + 1, model.Parameters!["b"].Count);
        Assert.Equal(model.Warnings, job.Training!.Warnings);
        if (expected is null) Assert.Empty(model.Warnings);
        else Assert.StartsWith(expected, Assert.Single(model.Warnings), StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_PerceptronOnClassLabels_NeedsClassesOrTheWordRegression()
    {
        var ct = TestContext.Current.CancellationToken;
        var id = await LoadAsync(["0", "2", "1", "2", "0"], ct);
        TrainingSpec spec = new() { Model = TrainingNames.Mlp, Layers = "2", Data = id, Lanes = 1, LearningRate = 0.1f };

        var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.SubmitAsync(spec, cancellationToken: ct));

        Assert.Equal(
            "classes: '': must be given where labels can be classes; here all are whole numbers from 0 to 2: --classes 3 names a class, --regression "
            + "predicts the label as a number",
            Assert.Single(refused.Violations).ToString());
        Assert.Equal(3, (await TrainAsync(spec with { Classes = 3 }, ct)).Model.Parameters!["dense1/b"].Count);
        var regression = (await TrainAsync(spec with { Regression = true }, ct)).Model;
        Assert.Single(regression.Parameters!["dense1/b"]);

        // What goes on with it needs no word.
        var resumed = await embedded.Client.SubmitAsync(spec with { Regression = true, Epochs = 2, From = regression.JobId }, cancellationToken: ct);
        (await embedded.Client.WaitAsync(resumed.Id, cancellationToken: ct)).EnsureSucceeded();
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("0.5", "1", "2")]
    [InlineData("-1", "1", "2")]
    [InlineData("210000", "1000", "350000")]
    public async Task Submit_PerceptronOnQuantities_IsARegression(params string[] labels)
    {
        var ct = TestContext.Current.CancellationToken;
        var id = await LoadAsync(labels, ct);

        var model = (await TrainAsync(new TrainingSpec { Model = TrainingNames.Mlp, Layers = "2", Data = id, Lanes = 1, LearningRate = 1e-12f },
            ct)).Model;

        Assert.Single(model.Parameters!["dense1/b"]);
    }

    private async Task<(JobInfo Job, TrainedModel Model)> TrainAsync(TrainingSpec spec, CancellationToken ct)
    {
        var job = await embedded.Client.SubmitAsync(spec, cancellationToken: ct);
        var ended = await embedded.Client.WaitAsync(job.Id, cancellationToken: ct);
        return (ended, TrainedModel.FromJob(ended.EnsureSucceeded()));
    }

    private async Task<string> LoadAsync(string[] labels, CancellationToken ct)
    {
        var csv = new MemoryStream(Encoding.UTF8.GetBytes("x,y\n" + string.Concat(labels.Select((label, row) => $"{row},{label}\n"))));
        return (await embedded.Client.LoadDataAsync(csv, "y", cancellationToken: ct)).Id;
    }
}
