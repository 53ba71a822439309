using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Segments;
using CsCheck;

namespace Cluster.Protocol.Tests.Evaluation;

public sealed class EarlyStoppingTests
{
    private static readonly TrainingSpec Spec = new() { LearningRate = 1, EvaluateSteps = 10, Patience = 2 };

    [Theory]
    [InlineData("9 8 7 7 7", 0, 0, 5, 3)]
    [InlineData("9 8 8.5 7 7.5 7.2", 0, 0, 6, 4)]
    [InlineData("9 8.9 8.8", 0.5, 0, 3, 3)]
    [InlineData("9 8 7 6 5", 0, 0, 0, 5)]
    [InlineData("9 8 4 3", 0, 5, 3, 3)]
    [InlineData("9 5", 0, 5, 2, 2)]
    public void Decide_Losses_EndAndBestAreAtTheseEvaluations(string losses, double minDelta, double target, int end, int best)
    {
        var spec = Spec with { MinDelta = minDelta, Target = target > 0 ? target : null };

        (var ended, var state) =
            Run(spec, Metric.Loss, [.. losses.Split(' ').Select(l => double.Parse(l, System.Globalization.CultureInfo.InvariantCulture))]);

        Assert.Equal((end == 0 ? null : end, 10L * best), (ended, state.Best.Figures.Clock));
    }

    [Fact]
    public void Decide_Accuracy_HigherIsBetter()
    {
        var (ended, state) = Run(Spec with { Monitor = Metric.Accuracy.Name, Target = 0.97 }, Metric.Accuracy, [0.5, 0.9, 0.8, 0.97]);

        Assert.Equal((4, 40L), (ended, state.Best.Figures.Clock));
    }

    [Fact]
    public void Decide_MetricThatIsNotThere_NamesThoseThatAre()
    {
        var error = Assert.Throws<ArgumentException>(() => Run(Spec with { Monitor = "auc" }, Metric.Loss, [1]));

        Assert.StartsWith("monitor: auc: the model has loss", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Keras's rule, told from the whole history:
    /// the job ends when as many evaluations as the patience passed since the last one that beat all before it.</summary>
    [Fact]
    public void Decide_AnyLosses_EndWhereTheWholeHistorySays() => Gen.Select(Gen.Int[0, 12].Array[1, 30], Gen.Int[1, 4]).Sample((values, patience) =>
    {
        double[] losses = [.. values.Select(v => (double)v)];
        int[] records = [.. Enumerable.Range(0, losses.Length).Where(i => losses.Take(i).All(before => losses[i] < before))];
        var expected = Enumerable.Range(0, losses.Length).Where(i => i - records.Last(r => r <= i) >= patience).Select(i => (int?)(i + 1)).FirstOrDefault();

        var (ended, state) = Run(Spec with { Patience = patience }, Metric.Loss, losses);

        Assert.Equal(expected, ended);
        Assert.Equal(10L * (records.Last(r => r < (ended ?? losses.Length)) + 1), state.Best.Figures.Clock);
    });

    private static (int? Ended, EvaluationState State) Run(TrainingSpec spec, Metric metric, double[] values)
    {
        EvaluationState? state = null;
        for (var i = 0; i < values.Length; i++)
        {
            var decision = EarlyStopping.Decide(spec, metric, state, Commit(10 * (i + 1), metric.Name, values[i]));
            state = decision.State;
            if (decision.Reason is not null) return (i + 1, state);
        }

        return (null, state!);
    }

    private static EvaluatedCommit Commit(long clock, string metric, double value) => new(
        new EvaluationFigures
        {
            Clock = clock,
            Set = EvaluationSet.Training,
            Examples = 1,
            Values = new Dictionary<string, double> { [metric] = value },
            Fingerprint = ""
        },
        new CommitManifest { Generation = new Generation(1, 1), Clock = clock, Examples = clock, Snapshots = [], Previous = [], Expired = [] });
}
