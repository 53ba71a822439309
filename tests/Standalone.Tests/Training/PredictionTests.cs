using System.Globalization;
using System.Text;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Client.Predictions;
using Cluster.Compute.Cpu;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Models.Dense;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Predictions through every service say what the model's session says of the same rows, as its job trained on them.</summary>
public sealed class PredictionTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 300_000;

    private static readonly TrainingSpec Digits = new()
    {
        Model = TrainingNames.Mlp,
        Layers = "32",
        Classes = 10,
        Label = "y",
        Standardise = true,
        TestFraction = 0.2,
        EvaluateEpochs = 5,
        Lanes = 4,
        Batch = 16,
        Epochs = 10,
        Optimizer = TrainingNames.Adam,
        LearningRate = 0.01f,
        Seed = 11,
    };

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Ranges)]
    [InlineData(TrainingNames.Variables)]
    public async Task Predict_StandardisedPerceptronOnHeldOutRows_AgreesWithTheSessionAndTheEvaluation(string placement)
    {
        var ct = TestContext.Current.CancellationToken;
        var data = Read(ExampleData.Digits);
        var trained = await TrainAsync(ExampleData.Digits, Digits with { ParameterPlacement = placement }, ct);
        var split = new DataSplit(data.Rows, DataSplit.CountTestRows(data.Rows, Digits.TestFraction), Digits.Seed);
        long[] rows = [.. Enumerable.Range(0, (int)split.TestRows).Select(i => split.Test.Row(i))];

        var predicted = await PredictAsync(embedded.Client, trained.JobId, data, rows);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"probability_{i}").Prepend("class"), predicted[0].Columns);
        var standardiser = new Standardiser(StandardisationBuilder.Of(data, split));
        Assert.Equal(Outputs(Digits, trained, data, rows, standardiser), predicted.SelectMany(row => row.Values.ToArray()[1..]));
        Assert.All(predicted, row => Assert.Equal(1, row.Values.ToArray()[1..].Sum(), 1e-5));
        var hits = predicted.Index().Count(row => row.Item.Values.Span[0] == data.Label(rows[row.Index]));
        Assert.Equal(trained.LastEvaluation!.Values["accuracy"], hits / (double)rows.Length, 1e-12);
        Assert.InRange(hits / (double)rows.Length, 0.9, 1);
        Assert.Equal(split.TestRows, trained.LastEvaluation.Examples);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Predict_Logistic_GivesTheClassAndItsProbability()
    {
        var ct = TestContext.Current.CancellationToken;
        var data = Read(ExampleData.BreastCancer);
        TrainingSpec spec = new() { Model = TrainingNames.Logistic, Label = "y", Lanes = 2, Batch = 32, Epochs = 5, LearningRate = 0.1f, EvaluateEpochs = 5 };
        var trained = await TrainAsync(ExampleData.BreastCancer, spec, ct);
        long[] rows = [.. Enumerable.Range(0, (int)data.Rows).Select(row => (long)row)];

        var predicted = await PredictAsync(embedded.Client, trained.JobId, data, rows);

        Assert.Equal(["class", "probability"], predicted[0].Columns);
        foreach (var row in predicted)
        {
            double logit = trained.Parameters!["b"][0];
            for (var i = 0; i < data.FeatureCount; i++) logit += (double)trained.Parameters["w"][i] * data.Features(row.Row)[i];
            Assert.Equal(1 / (1 + Math.Exp(-logit)), row.Values.Span[1], 1e-5);
            Assert.Equal(row.Values.Span[1] > 0.5f ? 1 : 0, row.Values.Span[0]);
        }

        var hits = predicted.Count(row => row.Values.Span[0] == data.Label(row.Row));
        Assert.Equal(trained.LastEvaluation!.Values["accuracy"], hits / (double)rows.Length, 1e-12);
    }

    /// <summary>A checkpoint means the same whatever order its ps tasks held the parameters in.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Checkpoint_OfVariablesOnPsTasks_IsTheCheckpointOfRanges()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await TrainingFixture.StartAsync(workers: 2, parameterStores: 3);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var file = Path.Combine(Directory.CreateTempSubdirectory("placed-").FullName, "placed.safetensors");
        TrainingSpec spec = new()
        {
            Model = TrainingNames.Mlp,
            Layers = "5,3",
            Lanes = 3,
            Batch = 7,
            Epochs = 8,
            Optimizer = TrainingNames.Adam,
            LearningRate = 0.01f,
            Seed = 4,
        };
        var whole = await client.TrainAsync(spec, cancellationToken: ct);
        var variables = spec with { ParameterPlacement = TrainingNames.Variables };
        var half = await client.TrainAsync(variables with { Epochs = 4 }, cancellationToken: ct);

        var checkpoint = await client.GetCheckpointAsync(half.JobId, ct);
        Assert.Equal(half.Fingerprint, checkpoint.Fingerprint);
        foreach (var (stores, placement) in ((int, string)[])[(1, TrainingNames.Variables), (2, TrainingNames.Variables), (3, TrainingNames.Ranges)])
        {
            var resumed = await client.TrainAsync(variables with { ParameterStores = stores, ParameterPlacement = placement, From = half.JobId },
                cancellationToken: ct);
            Assert.Equal(whole.Fingerprint, resumed.Fingerprint);
        }

        await client.ExportCheckpointAsync(half.JobId, file, cancellationToken: ct);
        var imported = await client.ImportCheckpointAsync(file, "placed", cancellationToken: ct);
        Assert.Equal(half.Fingerprint, imported.Fingerprint);
        Assert.Equal(whole.Fingerprint, (await client.TrainAsync(variables with { From = "placed" }, cancellationToken: ct)).Fingerprint);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private async Task<TrainedModel> TrainAsync(ExampleData data, TrainingSpec spec, CancellationToken ct)
    {
        var id = (await embedded.Client.LoadDataAsync(data.ToCsv(), "y", cancellationToken: ct)).Id;
        return await embedded.Client.TrainAsync(spec with { Data = id }, cancellationToken: ct);
    }

    private static DataSet Read(ExampleData data)
    {
        using RowReader reader = CsvData.Open(data.ToCsv(), new CsvOptions { Label = "y" });
        return reader.ReadAll(TestContext.Current.CancellationToken);
    }

    private static async Task<List<Prediction>> PredictAsync(ClusterClient client, string model, DataSet data, long[] rows)
    {
        var csv = new StringBuilder().AppendJoin(',', data.Schema.Features).Append('\n');
        foreach (var row in rows) csv.AppendJoin(',', data.Features(row).ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))).Append('\n');
        var predicted = new List<Prediction>();
        await foreach (var prediction in client.PredictAsync(model, new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString())),
            cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal(predicted.Count, prediction.Row);
            predicted.Add(prediction);
        }

        Assert.Equal(rows.Length, predicted.Count);
        return predicted;
    }

    private static float[] Outputs(TrainingSpec spec, TrainedModel trained, DataSet data, long[] rows, Standardiser standardiser)
    {
        var model = new PerceptronFactory().Create(spec, data.FeatureCount, data.Rows);
        var batch = new Batch(rows.Length, data.FeatureCount);
        foreach (var row in rows) batch.Add(data.Features(row), 0, standardiser);
        using var device = new CpuDevice(cores: 1);
        using var stream = device.OpenStream();
        using var session = model.Open(stream, rows.Length);
        session.Load(model.Layout.Tensors.SelectMany(tensor => trained.Parameters![tensor.Name]).ToArray());
        var outputs = new float[rows.Length * model.Outputs];
        session.Predict(batch, outputs);
        return outputs;
    }
}
