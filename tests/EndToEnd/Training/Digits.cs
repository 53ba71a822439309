using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Cluster.TestModels;
using Cluster.Testing;

namespace Cluster.EndToEnd.Training;

/// <summary>Handwritten digits, a fifth of them held out: the data set of docs/examples, and jobs on it.</summary>
internal static class Digits
{
    public const int Rows = 1797;

    private const string Name = "digits", Label = "65";
    private static readonly string DataFile = Path.Combine(Repository.Root, "docs", "examples", "data", "digits.csv.gz");

    /// <summary>64 pixels, 128 hidden units, 10 digits.</summary>
    public static TrainingSpec Perceptron(string mode, float learningRate) => Common(mode) with
    {
        Model = TrainingNames.Mlp,
        Layers = "128",
        Epochs = 20,
        Optimizer = TrainingNames.AdamW,
        LearningRate = learningRate,
        Schedule = TrainingNames.Cosine,
    };

    public static TrainingSpec Softmax(string mode) => Common(mode) with
    {
        Model = TrainingNames.Softmax,
        Epochs = 20,
        Optimizer = TrainingNames.Adam,
        LearningRate = 0.01f,
    };

    /// <summary>Stores the data set, unless the cluster has it.</summary>
    public static async Task UploadAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        if ((await cluster.Client.ListDataAsync(cancellationToken)).Any(set => set.Name == Name)) return;
        await using var file = File.OpenRead(DataFile);
        var import = new DataImport { Name = Name, Source = "digits.csv.gz", Label = Label, HasHeader = false };
        await cluster.Client.LoadDataAsync(file, import, cancellationToken: cancellationToken);
    }

    /// <summary>The bits of a perceptron that a Standalone process trains with two workers.</summary>
    public static async Task<string> StandaloneFingerprintAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--workers", "2", "train", "--json", "--data", DataFile, "--no-header", "--label", Label, "--model", spec.Model, "--mode", spec.Mode,
            "--layers", spec.Layers!, "--classes", Text(spec.Classes!.Value), "--optimizer", spec.Optimizer, "--schedule", spec.Schedule!,
            "--learning-rate", spec.LearningRate.ToString(CultureInfo.InvariantCulture), "--test-fraction",
            spec.TestFraction.ToString(CultureInfo.InvariantCulture), "--standardise",
            "--lanes", Text(spec.Lanes), "--batch", Text(spec.Batch), "--epochs", Text(spec.Epochs), "--seed", Text((int)spec.Seed),
        ];
        var answer = await CommandProcess.RunAsync("services/Standalone/Standalone.csproj", arguments, new Dictionary<string, string>(), cancellationToken);
        Assert.True(answer.ExitCode == 0, answer.Error);
        using var model = JsonDocument.Parse(answer.Output);
        return model.RootElement.GetProperty("fingerprint").GetString()!;
    }

    private static TrainingSpec Common(string mode) => new()
    {
        Data = Name,
        TestFraction = 0.2,
        Standardise = true,
        Classes = 10,
        Mode = mode,
        Staleness = mode == TrainingNames.Ssp ? CountingSpec.Staleness : 0,
        Lanes = 4,
        Batch = 16,
        LearningRate = 1,
        EvaluateEpochs = 1000,
        Seed = 1,
    };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
