using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Client.Summaries;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Evaluation, early stopping, ends and summaries through every service on embedded parts.</summary>
public sealed class EvaluationTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 300_000;

    // 26 steps an epoch, evaluated each second epoch.
    private static readonly TrainingSpec Spec = new()
    {
        Lanes = 4,
        Batch = 1,
        Epochs = 40,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 5,
        EvaluateEpochs = 2,
    };

    /// <summary>Each evaluation against the simulation of a job that is as long; the best of them by hand.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Train_Evaluated_HasTheLossOfTheSimulationAtEachClock()
    {
        var (job, model) = await TrainAsync(Spec, TestContext.Current.CancellationToken);

        var points = await EvaluationsAsync(job);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => 52L * i), points.Select(point => point.Clock));
        double[] expected = [.. Enumerable.Range(1, 20).Select(i => LossAfter(epochs: 2 * i))];
        Assert.All(points.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Values["evaluation/loss"], 1e-9));
        var best = Array.IndexOf(expected, expected.Min()) + 1;
        Assert.Equal((52L * best, 1040L, "epochs"), (model.BestEvaluation!.Clock, model.LastEvaluation!.Clock, model.End));
        Assert.Equal(LineSimulation.Run(Spec with { Epochs = 2 * best }).Fingerprint, model.BestEvaluation.Fingerprint);
        Assert.Equal(model.Fingerprint, model.LastEvaluation.Fingerprint);
        await AssertKeptAsync(job, model.BestEvaluation.Clock, 1040);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_Patience_EndsWhereTheSimulationStopsImproving()
    {
        // The whole line at each step: the loss only falls, and by less and less.
        var spec = Spec with
        {
            Batch = 26,
            Epochs = 10_000,
            Optimizer = TrainingNames.Sgd,
            LearningRate = 0.05f,
            EvaluateEpochs = 0,
            EvaluateSteps = 5,
            Patience = 3,
            MinDelta = 0.01,
        };
        var (expected, reference, waited) = (0L, double.PositiveInfinity, 0);
        while (waited < 3)
        {
            expected += 5;
            var loss = LossAfter((int)expected, spec);
            (reference, waited) = loss < reference - 0.01 ? (loss, 0) : (reference, waited + 1);
        }

        var (job, model) = await TrainAsync(spec, TestContext.Current.CancellationToken);

        Assert.Equal((expected, expected, expected), (model.Steps, model.LastEvaluation!.Clock, job.Progress.Total));
        Assert.StartsWith("stopped early: loss has not improved for 3 evaluations", model.End, StringComparison.Ordinal);
        Assert.Equal(LineSimulation.Run(spec with { Epochs = (int)expected }).Fingerprint, model.Fingerprint);
        Assert.Equal(expected * LineExample.Rows, model.Examples);
        await AssertKeptAsync(job, model.BestEvaluation!.Clock, expected);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_Target_EndsAtTheFirstEvaluationThatReachesIt()
    {
        var epochs = Enumerable.Range(1, 20).Select(i => 2 * i).First(e => LossAfter(e) <= 0.3);

        var (_, model) = await TrainAsync(Spec with { Epochs = 1_000_000, Target = 0.3 }, TestContext.Current.CancellationToken);

        Assert.Equal((26L * epochs, LineSimulation.Run(Spec with { Epochs = epochs }).Fingerprint), (model.Steps, model.Fingerprint));
        Assert.StartsWith("target reached: loss 0.", model.End, StringComparison.Ordinal);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Train_StopsEarly_OnAnyNumberOfWorkersAtTheSameFigures(int workers)
    {
        var spec = Spec with { Epochs = 1000, EvaluateEpochs = 0, EvaluateSteps = 7, Patience = 4 };
        var (_, expected) = await TrainAsync(spec, TestContext.Current.CancellationToken);
        await using var cluster = await TrainingFixture.StartAsync(workers, parameterStores: 1);
        await using var client = ClusterClient.Connect(cluster.Connection);

        var model = await client.TrainAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((expected.Steps, expected.Fingerprint), (model.Steps, model.Fingerprint));
        Assert.Equivalent(expected.LastEvaluation, model.LastEvaluation, strict: true);
        Assert.Equivalent(expected.BestEvaluation, model.BestEvaluation, strict: true);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_Steps_EndsInTheMiddleOfAnEpoch()
    {
        var (_, model) = await TrainAsync(Spec with { EvaluateEpochs = 0, Epochs = 1, Steps = 60 }, TestContext.Current.CancellationToken);

        // Two epochs of 101 examples, and 8 steps of 4.
        Assert.Equal((60L, 202L + 32, "steps"), (model.Steps, model.Examples, model.End));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_MaxTime_EndsWithACommitAndSaysSo()
    {
        (var job, var model) =
            await TrainAsync(Spec with { Epochs = 1_000_000, MaxSeconds = 1, EvaluateEpochs = 1000 }, TestContext.Current.CancellationToken);

        Assert.StartsWith($"time limit of 1 s reached at step {model.Steps}", model.End, StringComparison.Ordinal);
        Assert.InRange(model.Steps, 1, 26_000_000 - 1);
        Assert.Equal((model.Steps, model.Steps), (model.LastEvaluation!.Clock, job.Training!.CommittedClock));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Summaries_OfATrainedJob_HaveAPointASegment()
    {
        var (job, _) = await TrainAsync(Spec with { Mode = TrainingNames.Async, Epochs = 80, EvaluateEpochs = 0 }, TestContext.Current.CancellationToken);

        var points = await embedded.Client.GetSummariesAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.InRange(points.Count, 1, (int)job.Training!.Commits);
        Assert.Equal(points.Select(p => p.Clock).Order().Distinct(), points.Select(p => p.Clock));
        Assert.All(points, point => Assert.True(point.Values["examples_per_second"] > 0 && point.Values["step_seconds"] > 0 && point.Values["steals"] >= 0));
        Assert.InRange(points.Last(point => point.Values.ContainsKey("loss")).Values["loss"], 0.05, 0.5);
        Assert.InRange(points.Last(point => point.Values.ContainsKey("staleness")).Values["staleness"], 0, 100);
        Assert.Empty(await embedded.Client.GetSummariesAsync(job.Id, points[^1].Clock, TestContext.Current.CancellationToken));
    }

    private async Task<(JobInfo Job, TrainedModel Model)> TrainAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        var job = await embedded.Client.SubmitAsync(spec, cancellationToken: cancellationToken);
        var ended = await embedded.Client.WaitAsync(job.Id, cancellationToken: cancellationToken);
        return (ended, TrainedModel.FromJob(ended.EnsureSucceeded()));
    }

    private async Task<IReadOnlyList<SummaryPoint>> EvaluationsAsync(JobInfo job) =>
        [.. (await embedded.Client.GetSummariesAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken))
        .Where(point => point.Values.ContainsKey("evaluation/loss"))];

    // Of each commit that is kept, a head and a chunk for each of two vectors or one, on each ps task.
    private async Task AssertKeptAsync(JobInfo job, params long[] clocks)
    {
        var keys = await embedded.KeysAsync($"cluster:job:{{{job.Id}}}:snapshot:");
        Assert.Superset(clocks.ToHashSet(), keys.Select(ClockOf).ToHashSet());
        string[] persisted = [.. keys.Where(key => !clocks.Contains(ClockOf(key)))];
        Assert.All(persisted, key => Assert.True(ClockOf(key) > clocks.Max(), key));
    }

    private static long ClockOf(string key) => long.Parse(key.Split(':')[7], System.Globalization.CultureInfo.InvariantCulture);

    private static double LossAfter(int epochs, TrainingSpec? spec = null)
    {
        var fit = LineSimulation.Run((spec ?? Spec) with { Epochs = epochs });
        var line = LineExample.Create(Spec.Seed);
        double loss = 0;
        for (long row = 0; row < line.Rows; row++)
            loss += Math.Pow(((double)fit.Weight * line.Features(row)[0]) + fit.Bias - line.Label(row), 2);
        return loss / line.Rows;
    }
}
