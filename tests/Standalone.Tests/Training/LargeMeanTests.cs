using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Testing;

namespace Cluster.Standalone.Tests.Training;

/// <summary>A feature about a million with a deviation of one: what standardisation does to it, through every service,
/// against descent in double precision.</summary>
public sealed class LargeMeanTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>
{
    private const int TestLimit = 120_000;
    private const int Steps = 20;
    private const double Rate = 0.1;

    private static readonly string DataFile = Path.Combine(Repository.Root, "tests", "Standalone.Tests", "Training", "Data", "bigmean.csv");

    [Fact(Timeout = TestLimit)]
    public async Task Train_StandardisedFeatureFarFromZero_EndsWhereDoublePrecisionDoes()
    {
        var ct = TestContext.Current.CancellationToken;
        var data = Read();
        var (weights, bias, rows) = Descend(data);
        await using var file = File.OpenRead(DataFile);
        var id = (await embedded.Client.LoadDataAsync(file, "y", cancellationToken: ct)).Id;

        var model = await embedded.Client.TrainAsync(
            new TrainingSpec { Data = id, Standardise = true, Batch = 8, Epochs = Steps, LearningRate = (float)Rate }, cancellationToken: ct);

        Assert.Equal(0.11029, bias, 0.000005);
        Assert.Equal(bias, model.Parameters!["b"][0], 1e-6);
        Assert.All(weights.Zip(model.Parameters["w"]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        double[] expected = [.. rows.Select(row => bias + row.Zip(weights).Sum(pair => pair.First * pair.Second))];
        Assert.Equal(expected.Select((value, i) => Math.Pow(value - data.Label(i), 2)).Average(), model.Loss, 1e-6);
        await AssertPredictsAsync(expected, model.JobId, ct);
        await AssertSurvivesAFileAsync(expected, model.JobId, ct);
    }

    private async Task AssertSurvivesAFileAsync(double[] expected, string job, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("large-mean-").FullName;
        try
        {
            var path = Path.Combine(directory, "model.safetensors");
            await embedded.Client.ExportCheckpointAsync(job, path, cancellationToken: ct);
            var imported = await embedded.Client.ImportCheckpointAsync(path, "large-mean", cancellationToken: ct);
            await AssertPredictsAsync(expected, imported.Id, ct);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task AssertPredictsAsync(double[] expected, string model, CancellationToken ct)
    {
        await using var file = File.OpenRead(DataFile);
        var predicted = new List<float>();
        await foreach (var prediction in embedded.Client.PredictAsync(model, file, cancellationToken: ct)) predicted.Add(prediction.Values.Span[0]);
        Assert.Equal(expected.Length, predicted.Count);
        Assert.All(expected.Zip(predicted), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    // All rows in each step, from zeros.
    private static (double[] Weights, double Bias, double[][] Rows) Descend(DataSet data)
    {
        var features = data.FeatureCount;
        double[][] columns = [.. Enumerable.Range(0, features)
            .Select(j => Enumerable.Range(0, (int)data.Rows).Select(i => (double)data.Features(i)[j]).ToArray())];
        double[] means = [.. columns.Select(column => column.Average())];
        double[] deviations = [.. columns.Select((column, j) => Math.Sqrt(column.Average(x => (x - means[j]) * (x - means[j]))))];
        double[][] rows = [.. Enumerable.Range(0, (int)data.Rows).Select(i => columns.Select((column, j) => (column[i] - means[j]) / deviations[j]).ToArray())];
        var (weights, bias) = (new double[features], 0.0);
        for (var step = 0; step < Steps; step++)
        {
            double[] errors = [.. rows.Select((row, i) => bias + row.Zip(weights).Sum(pair => pair.First * pair.Second) - data.Label(i))];
            weights = [.. weights.Select((weight, j) => weight - (Rate * 2 * rows.Select((row, i) => errors[i] * row[j]).Average()))];
            bias -= Rate * 2 * errors.Average();
        }

        return (weights, bias, rows);
    }

    private static DataSet Read()
    {
        using var file = File.OpenRead(DataFile);
        using RowReader reader = CsvData.Open(file, new CsvOptions { Label = "y" });
        return reader.ReadAll(TestContext.Current.CancellationToken);
    }
}
