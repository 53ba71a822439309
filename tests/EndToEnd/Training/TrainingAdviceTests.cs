using System.Globalization;
using System.Text.Json;
using Cluster.Support.Processes;
using Cluster.Testing;

namespace Cluster.EndToEnd.Training;

/// <summary>What the command line says where data and options do not mean what they seem to; on Standalone as a process.</summary>
public sealed class TrainingAdviceTests : IDisposable
{
    private const int TestLimit = 180_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("advice-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory(Timeout = TestLimit)]
    [InlineData("--model mlp --layers 8",
        "--classes: '': must be given where labels can be classes; here all are whole numbers from 1 to 3: --classes 4 names a class, --regression predicts "
        + "the label as a number")]
    [InlineData("--model mlp --classes 4 --layers 1048576,1048576",
        "--layers: 1048576,1048576: takes 4398075871248 bytes of parameters with 1 features and 4 outputs; must be at most 8589934364 bytes")]
    [InlineData("--model softmax --regression", "--regression: true: cannot be given with model softmax: only mlp is a regression or not")]
    public async Task Train_WhatCannotBeMeant_IsRefusedWithOptionValueAndLimit(string options, string expected)
    {
        var answer = await TrainAsync(Labels(), "y", options);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Output));
        Assert.Contains(expected, answer.Error.Split('\n'));
        Assert.DoesNotContain("(Parameter", answer.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_LabelsFromOne_AreTrainedWithAWarning()
    {
        var answer = await TrainAsync(Labels(), "y", "--model softmax --json");

        Assert.True(answer.ExitCode == 0, answer.Error);
        using var result = JsonDocument.Parse(answer.Output);
        var warning = Assert.Single(result.RootElement.GetProperty("warnings").EnumerateArray()).GetString()!;
        Assert.StartsWith("no row has label 0: model softmax has 4 classes, 0 to 3, and class k is label k, in predictions too", warning,
            StringComparison.Ordinal);
        Assert.Contains($": warning: {warning}\n", answer.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_RowsHeldOut_SaysWhichLossIsWhich()
    {
        var answer = await TrainAsync(Labels(), "y", "--model mlp --layers 8 --regression --test-fraction 0.25 --evaluate-epochs 20");

        Assert.True(answer.ExitCode == 0, answer.Error);
        Assert.Matches(@"(?m)^loss +[0-9.]+ \(training\)$", answer.Output);
        Assert.Matches(@"(?m)^last +held-out loss [0-9.]+, rmse ", answer.Output);
        Assert.DoesNotContain("warning", answer.Output + answer.Error, StringComparison.Ordinal);
    }

    /// <summary>By descent in double precision: see LargeMeanTests.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Train_StandardisedFeatureAboutAMillion_EndsAtTheBiasOfDoublePrecision()
    {
        var file = Path.Combine(Repository.Root, "tests", "Standalone.Tests", "Training", "Data", "bigmean.csv");

        var answer = await TrainAsync(file, "y", "--model linear --standardise --optimizer sgd --learning-rate 0.1 --epochs 20 --json");

        Assert.True(answer.ExitCode == 0, answer.Error);
        using var result = JsonDocument.Parse(answer.Output);
        Assert.Equal(0.11029, result.RootElement.GetProperty("parameters").GetProperty("b")[0].GetDouble(), 0.00001);
    }

    private string Labels()
    {
        var path = Path.Combine(_directory, "labels.csv");
        File.WriteAllLines(path, ["x,y", .. Enumerable.Range(0, 60)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row / 60.0},{1 + (row % 3)}"))]);
        return path;
    }

    private static Task<CommandAnswer> TrainAsync(string file, string label, string options) => CommandProcess.RunAsync(
        "services/Standalone/Standalone.csproj", ["--workers", "2", "train", "--data", file, "--label", label, .. options.Split(' ')],
        new Dictionary<string, string>(), TestContext.Current.CancellationToken);
}
