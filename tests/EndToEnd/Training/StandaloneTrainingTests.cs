using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Training in Standalone, as a process: nothing but .NET is needed, so these tests are never skipped.</summary>
public sealed class StandaloneTrainingTests
{
    private const int TestLimit = 180_000;

    [Theory(Timeout = TestLimit)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Train_Sync_GivesTheBitsOfOneLoop(int lanes)
    {
        var spec = new TrainingSpec { Lanes = lanes, Batch = 4, Epochs = 50, Optimizer = TrainingNames.Adagrad, LearningRate = 0.8f, Seed = 3 };

        var answer = await CommandProcess.RunAsync("services/Standalone/Standalone.csproj", Arguments(spec), new Dictionary<string, string>(),
            TestContext.Current.CancellationToken);

        Assert.True(answer.ExitCode == 0, answer.Error);
        using var model = JsonDocument.Parse(answer.Output);
        var expected = SequentialTraining.Line(spec);
        Assert.Equal(SequentialTraining.Fingerprint(expected), model.RootElement.GetProperty("fingerprint").GetString());
        Assert.Equal(50 * 101, model.RootElement.GetProperty("examples").GetInt64());
        var parameters = model.RootElement.GetProperty("parameters");
        Assert.Equal(expected, (float[])[parameters.GetProperty("w")[0].GetSingle(), parameters.GetProperty("b")[0].GetSingle()]);
    }

    private static string[] Arguments(TrainingSpec spec) =>
    [
        "--workers", "3", "--parameter-stores", "2", "train", "linear", "--json", "--mode", spec.Mode, "--optimizer", spec.Optimizer,
        "--lanes", Text(spec.Lanes), "--batch", Text(spec.Batch), "--epochs", Text(spec.Epochs), "--seed", Text((int)spec.Seed), "--learning-rate", "0.8",
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
