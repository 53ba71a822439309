using System.Text;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Real data through the whole cluster: what networks and logistic regressions come to.</summary>
public sealed class NetworkTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 300_000;

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync, 0.01f)]
    [InlineData(TrainingNames.Async, 0.004f)]
    public async Task Train_PerceptronOnDigits_Names97PercentOfNewOnes(string mode, float learningRate)
    {
        var model = await TrainAsync(ExampleData.Digits, new TrainingSpec
        {
            Model = TrainingNames.Mlp,
            Layers = "128",
            Classes = 10,
            Mode = mode,
            Lanes = 4,
            Batch = 16,
            Epochs = 30,
            Optimizer = TrainingNames.AdamW,
            LearningRate = learningRate,
            WeightDecay = 0.2f,
            Schedule = TrainingNames.Cosine,
            WarmupSteps = 20,
            Seed = 1,
        }, TestContext.Current.CancellationToken);

        Assert.Equal(30 * ExampleData.Digits.Train.Length, model.Examples);
        Assert.InRange(Accuracy(model, "dense0/", "dense1/"), 0.97, 1);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync)]
    [InlineData(TrainingNames.Async)]
    public async Task Train_SoftmaxOnDigits_Names95PercentOfNewOnes(string mode)
    {
        var model = await TrainAsync(ExampleData.Digits, new TrainingSpec
        {
            Model = TrainingNames.Softmax,
            Classes = 10,
            Mode = mode,
            Lanes = 4,
            Batch = 16,
            Epochs = 40,
            Optimizer = TrainingNames.Adam,
            LearningRate = 0.01f,
            Seed = 1,
        }, TestContext.Current.CancellationToken);

        Assert.InRange(Accuracy(model, ""), 0.95, 1);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_LogisticOnBreastCancer_ReachesTheOptimumOfNewtonsMethod()
    {
        const float penalty = 0.01f;
        var data = ExampleData.BreastCancer;
        var model = await TrainAsync(data, new TrainingSpec
        {
            Model = TrainingNames.Logistic,
            Mode = TrainingNames.Sync,
            Lanes = 8,
            Batch = 64,
            Epochs = 800,
            Optimizer = TrainingNames.Nesterov,
            LearningRate = 0.1f,
            L2 = penalty,
        }, TestContext.Current.CancellationToken);

        var optimum = LogisticOptimum.Objective(LogisticOptimum.Find(data.Train, data.TrainLabels, penalty), data.Train, data.TrainLabels, penalty);
        double[] found = [.. model.Parameters!["w"], .. model.Parameters["b"]];
        Assert.InRange(LogisticOptimum.Objective(found, data.Train, data.TrainLabels, penalty), optimum - 1e-7, optimum + 1e-4);
        // What the cluster reports is the cross-entropy alone.
        Assert.Equal(LogisticOptimum.Objective(found, data.Train, data.TrainLabels, 0), model.Loss, 1e-5);
    }

    /// <summary>Three classes in the data, none in the spec; and labels that are none.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Submit_LabelsOfADataSet_GiveTheClassesOrAreRefusedWithTheirRows()
    {
        var ct = TestContext.Current.CancellationToken;
        var three = (await embedded.Client.LoadDataAsync(Csv("0", "2", "1", "2", "0"), "y", cancellationToken: ct)).Id;
        var broken = (await embedded.Client.LoadDataAsync(Csv("0", "0.5", "1", "0.5", "-1"), "y", cancellationToken: ct)).Id;
        TrainingSpec spec = new() { Model = TrainingNames.Softmax, Data = three, Label = "y", Lanes = 1, Epochs = 1, LearningRate = 0.1f };

        var model = await embedded.Client.TrainAsync(spec, cancellationToken: ct);
        (TrainingSpec Spec, string Value, string Part)[] wrong =
        [
            (spec with { Classes = 2 }, "2", "from 0 to 1 for model softmax; 2 of 5 rows have this one, 2 one"),
            (spec with { Model = TrainingNames.Logistic }, "2", "from 0 to 1 for model logistic; 2 of 5 rows"),
            (spec with { Data = broken }, "0.5", "2 of 5 rows have this one, 3 one that is none"),
            (spec with { Model = TrainingNames.Mlp, Layers = "2", Classes = 2, Data = broken }, "0.5", "from 0 to 1 for model mlp"),
        ];

        Assert.Equal(3, model.Parameters!["b"].Count);
        foreach (var (submitted, value, part) in wrong)
        {
            var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.SubmitAsync(submitted, cancellationToken: ct));
            var violation = Assert.Single(refused.Violations);
            Assert.Equal(("label", value), (violation.Field, violation.Value));
            Assert.Contains(part, violation.Limit, StringComparison.Ordinal);
        }

        static MemoryStream Csv(params string[] labels)
            => new(Encoding.UTF8.GetBytes("x,y\n" + string.Concat(labels.Select((label, row) => $"{row},{label}\n"))));
    }

    private async Task<TrainedModel> TrainAsync(ExampleData data, TrainingSpec spec, CancellationToken ct)
    {
        var id = (await embedded.Client.LoadDataAsync(data.ToCsv(), "y", cancellationToken: ct)).Id;
        return await embedded.Client.TrainAsync(spec with { Data = id, Label = "y" }, cancellationToken: ct);
    }

    private static double Accuracy(TrainedModel model, params string[] layers)
    {
        var data = ExampleData.Digits;
        var hits = 0;
        for (var row = 0; row < data.Test.Length; row++)
        {
            var x = data.Test[row];
            for (var layer = 0; layer < layers.Length; layer++)
            {
                var y = Outputs(x, model.Parameters![layers[layer] + "w"], model.Parameters[layers[layer] + "b"]);
                x = layer < layers.Length - 1 ? [.. y.Select(value => Math.Max(value, 0))] : y;
            }

            if (x.IndexOf(x.Max()) == data.TestLabels[row]) hits++;
        }

        return hits / (double)data.Test.Length;
    }

    private static double[] Outputs(double[] x, IReadOnlyList<float> weights, IReadOnlyList<float> biases) =>
        [.. biases.Select((bias, j) => bias + x.Select((value, i) => value * weights[(i * biases.Count) + j]).Sum())];
}
