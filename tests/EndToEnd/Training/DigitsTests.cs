using System.Globalization;
using System.Text.Json;
using Cluster.Client.Training;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Handwritten digits, a fifth of them held out: what networks come to on real processes, and the same bits on any number of them.</summary>
public sealed class DigitsTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const string Digits = "digits", Label = "65";
    private const int Rows = 1797;
    private static readonly TestClusterOptions Options = new(Workers: 5) { ParameterStores = 3 };
    private static readonly string DataFile = Path.Combine(Root(), "docs", "examples", "data", "digits.csv.gz");

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync, 0.01f)]
    [InlineData(TrainingNames.Async, 0.004f)]
    [InlineData(TrainingNames.Ssp, 0.004f)]
    public async Task Train_Perceptron_Names97PercentOfThoseHeldOut(string mode, float learningRate)
        => AssertAccuracy(0.97, await TrainAsync(await ClusterAsync(), Perceptron(mode, learningRate)));

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync)]
    [InlineData(TrainingNames.Async)]
    [InlineData(TrainingNames.Ssp)]
    public async Task Train_Softmax_Names95PercentOfThoseHeldOut(string mode)
        => AssertAccuracy(0.95, await TrainAsync(await ClusterAsync(), Common(mode) with
        {
            Model = TrainingNames.Softmax,
            Epochs = 20,
            Optimizer = TrainingNames.Adam,
            LearningRate = 0.01f,
        }));

    [Fact(Timeout = TestLimit)]
    public async Task Train_AnyNumberOfWorkersAndStores_GivesTheBitsOfStandalone()
    {
        var spec = Perceptron(TrainingNames.Sync, 0.01f) with { Epochs = 4 };
        var expected = await StandaloneFingerprintAsync(spec);
        var cluster = await ClusterAsync();

        foreach (var stores in (int[])[1, 2, 3])
            Assert.Equal(expected, (await TrainAsync(cluster, spec with { ParameterStores = stores })).Fingerprint);
        foreach (var workers in (int[])[3, 1])
        {
            foreach (var surplus in cluster.Workers.Skip(workers).Take((await cluster.WorkerTasksAsync(Ct)).Length - workers)) await surplus.StopAsync(Ct);
            Assert.Equal(workers, (await cluster.WorkerTasksAsync(Ct)).Length);
            Assert.Equal(expected, (await TrainAsync(cluster, spec)).Fingerprint);
        }

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
    }

    /// <summary>64 pixels, 128 hidden units, 10 digits.</summary>
    private static TrainingSpec Perceptron(string mode, float learningRate) => Common(mode) with
    {
        Model = TrainingNames.Mlp,
        Layers = "128",
        Epochs = 20,
        Optimizer = TrainingNames.AdamW,
        LearningRate = learningRate,
        Schedule = TrainingNames.Cosine,
    };

    private static TrainingSpec Common(string mode) => new()
    {
        Data = Digits,
        TestFraction = 0.2,
        Standardise = true,
        Classes = 10,
        Mode = mode,
        Staleness = mode == TrainingNames.Ssp ? Bound : 0,
        Lanes = 4,
        Batch = 16,
        LearningRate = 1,
        EvaluateEpochs = 1000,
        Seed = 1,
    };

    private static void AssertAccuracy(double least, TrainedModel model)
    {
        var held = model.LastEvaluation!;
        Say(FormattableString.Invariant($"{model.Mode}: {held.Values["accuracy"]:0.####} of {held.Examples}, {model.Elapsed.TotalSeconds:0.0} s"));
        Assert.Equal((EvaluationSet.HeldOut, model.Steps), (held.Set, held.Clock));
        Assert.InRange(held.Examples, (Rows / 5) - 1, (Rows / 5) + 1);
        Assert.InRange(held.Values["accuracy"], least, 1);
    }

    private static async Task<string> StandaloneFingerprintAsync(TrainingSpec spec)
    {
        string[] arguments =
        [
            "--workers", "2", "train", "--json", "--data", DataFile, "--no-header", "--label", Label, "--model", spec.Model, "--mode", spec.Mode,
            "--layers", spec.Layers!, "--classes", Text(spec.Classes!.Value), "--optimizer", spec.Optimizer, "--schedule", spec.Schedule!,
            "--learning-rate", spec.LearningRate.ToString(CultureInfo.InvariantCulture), "--test-fraction", "0.2", "--standardise",
            "--lanes", Text(spec.Lanes), "--batch", Text(spec.Batch), "--epochs", Text(spec.Epochs), "--seed", Text((int)spec.Seed),
        ];
        var answer = await CommandProcess.RunAsync("services/Standalone/Standalone.csproj", arguments, new Dictionary<string, string>(), Ct);
        Assert.True(answer.ExitCode == 0, answer.Error);
        using var model = JsonDocument.Parse(answer.Output);
        return model.RootElement.GetProperty("fingerprint").GetString()!;
    }

    /// <summary>The class's cluster, with the data.</summary>
    private async Task<TestCluster> ClusterAsync()
    {
        var cluster = await ShareClusterAsync(Options);
        if ((await cluster.Client.ListDataAsync(Ct)).Count > 0) return cluster;
        await using var file = File.OpenRead(DataFile);
        await cluster.Client.LoadDataAsync(file, new DataImport { Name = Digits, Source = "digits.csv.gz", Label = Label, HasHeader = false }, cancellationToken: Ct);
        return cluster;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Cluster.Aspire.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("the repository is not above the tests");
    }
}
