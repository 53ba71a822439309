using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Figures;
using Cluster.Models.Data;
using Cluster.Protocol.Plans;

namespace Cluster.Coordinator.Tests.Training;

public sealed class LossWatchTests
{
    private static readonly TrainingSpec Asynchronous = new() { Mode = TrainingNames.Async, Lanes = 8, LearningRate = 0.4f };

    /// <summary>Mean losses of the first commits, as they were measured at rates that suit 8 synchronous lanes;
    /// sync comes to 0.01 to 0.1 at all of them.</summary>
    [Theory]
    [InlineData("linear", null, "12.2 2610 8650")]
    [InlineData("linear", null, "4.7e13 8.65e63")]
    [InlineData("mlp", 10, "2.05e6 7.3e33")]
    [InlineData("softmax", 10, "33.2 2.24")]
    [InlineData("logistic", null, "3.1 2.9")]
    public void Note_LossThatRises_GivesTheRateToTryOnce(string model, int? classes, string losses)
    {
        var told = Told(PlanOf(Asynchronous with { Model = model, Classes = classes }), Parsed(losses), examples: 2048);

        var warning = Assert.Single(told);
        Assert.Matches("^the training loss rose from [-+.E0-9]+ to [-+.E0-9]+ in the first commits: mode async applies the gradient of each of 8 lanes .*try "
            + "--learning-rate 0.05$", warning);
    }

    [Theory]
    [InlineData("linear", null, "0.28 0.0113 0.0111")]
    [InlineData("linear", null, "5.73 0.099")]
    [InlineData("linear", null, "5.83 6.68")]
    [InlineData("linear", null, "0.927 0.222 0.212 0.207")]
    [InlineData("softmax", 10, "11.3 0.402 0.00795")]
    [InlineData("softmax", 10, "0.376 0.0361 0.0113")]
    [InlineData("mlp", 10, "2.11 0.0542 0.00054")]
    [InlineData("logistic", null, "0.0842 0.054")]
    // A batch of outliers, and a loss that is as good as 0 at the start or below it.
    [InlineData("linear", null, "1 5 1 5 1 5")]
    [InlineData("linear", null, "0 5 5 5")]
    [InlineData("linear", null, "-3 5 5 5")]
    public void Note_LossOfHealthyRuns_SaysNothing(string model, int? classes, string losses)
        => Assert.Empty(Told(PlanOf(Asynchronous with { Model = model, Classes = classes }), Parsed(losses), examples: 2048));

    [Fact]
    public void Note_AnotherModeOrOneLane_SaysNothing()
    {
        Assert.Empty(Told(PlanOf(Asynchronous with { Mode = TrainingNames.Sync }), [1, 100, 10_000], 2048));
        Assert.Empty(Told(PlanOf(Asynchronous with { Lanes = 1 }), [1, 100, 10_000], 2048));
        Assert.Single(Told(PlanOf(Asynchronous with { Mode = TrainingNames.Ssp, Staleness = 3 }), [1, 100, 10_000], 2048));
    }

    [Fact]
    public void Note_LossThatRisesLater_SaysNothing()
        => Assert.Empty(Told(PlanOf(Asynchronous), [.. Enumerable.Repeat(1.0, LossWatch.Windows), 100, 1000], 2048));

    [Fact]
    public void Note_JobThatAnotherCoordinatorBegan_SaysNothing()
    {
        var watch = new LossWatch(PlanOf(Asynchronous));

        Assert.All(Enumerable.Range(1, 5), commit => Assert.Null(watch.Note(32 * commit, new LossSum(Math.Pow(100, commit), 2048))));
    }

    [Fact]
    public void Note_JobThatWentOnWithACheckpoint_IsComparedFromThere()
    {
        var watch = new LossWatch(PlanOf(Asynchronous) with { Start = new PlannedStart("job-1@64", 64, WeightsOnly: false) });

        Assert.Null(watch.Note(64, new LossSum(2048, 2048)));
        Assert.NotNull(watch.Note(96, new LossSum(204_800, 2048)));
    }

    /// <summary>One example a commit has a loss of any size: squares of normal numbers, and a heavier tail, about the same mean all the time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Note_NoiseAboutOneLoss_SaysNothing(double exponent)
    {
        for (ulong seed = 0; seed < 500; seed++)
        {
            var watch = new LossWatch(PlanOf(Asynchronous, rows: 2000));
            for (ulong i = 0; i < (LossWatch.Windows + 1) * LossWatch.MaxWindow; i++)
                Assert.Null(watch.Note((long)i, new LossSum(Math.Pow(Math.Abs(PhiloxNormal.At(seed, i)), 2 * exponent), 1)));
        }
    }

    private static double[] Parsed(string numbers) => [.. numbers.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static string[] Told(TrainingPlan plan, double[] losses, long examples)
    {
        var watch = new LossWatch(plan);
        return [.. losses.Select((loss, commit) => watch.Note(32 * commit, new LossSum(loss * examples, examples))).OfType<string>()];
    }

    private static TrainingPlan PlanOf(TrainingSpec spec, long rows = 2000) => new()
    {
        Spec = spec,
        Rows = rows,
        Features = 1,
        Offsets = [0, 2],
        Streams = 4,
        Slots = 0,
        Tensors = [],
    };
}
