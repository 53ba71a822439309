using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A CSV file from the command line to a trained model.</summary>
public sealed class CsvTrainingTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    [Fact(Timeout = TestLimit)]
    public async Task TrainLinear_File_GivesTheBitsOfOneLoop()
    {
        var spec = new TrainingSpec { Lanes = 7, Batch = 4, Epochs = 20, Optimizer = TrainingNames.Adagrad, LearningRate = 0.5f, Seed = 8 };

        var answer = await TrainAsync(TestData.Plane, "y", "--mode", "sync", "--lanes", "7", "--batch", "4", "--epochs", "20", "--seed", "8");

        Assert.True(answer.ExitCode == 0, answer.Error);
        using var model = JsonDocument.Parse(answer.Output);
        var expected = SequentialTraining.Linear(spec, TestData.Load(TestData.Plane, "y"), new float[4]);
        Assert.Equal(SequentialTraining.Fingerprint(expected), model.RootElement.GetProperty("fingerprint").GetString());
        Assert.Equal(20 * 149, model.RootElement.GetProperty("examples").GetInt64());
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("a,y\n1,2\n", "price", "there is no column 'price' for the label; the columns are 'a', 'y'")]
    [InlineData("a,y\n1,2\nthree,4\n", "y", "row 3, column 1 ('a'): 'three' is not a number")]
    [InlineData("a,y\n1,2\n3\n", "y", "row 3 has 1 columns, the header 2")]
    [InlineData("a,y\n1,\n3,\n", "y", "rows 2 to 3, column 2 ('y'): all labels are missing")]
    [InlineData("a,y\n", "y", "the file has a header and no rows")]
    [InlineData("", "y", "the file is empty: expected was a header")]
    public async Task TrainLinear_WrongFile_IsOneLineThatSaysWhereAndLeavesNothing(string csv, string label, string problem)
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var before = await KeysAsync(cluster);

        var answer = await TrainAsync(csv, label);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Output));
        var line = Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith($": {problem}", line, StringComparison.Ordinal);
        Assert.StartsWith("--data: ", line, StringComparison.Ordinal);
        Assert.Empty((await KeysAsync(cluster)).Except(before));
    }

    private async Task<CommandAnswer> TrainAsync(string csv, string label, params string[] options)
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var environment = new Dictionary<string, string>
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key,
        };
        var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"cluster-test-{Guid.NewGuid():N}.csv"));
        await File.WriteAllTextAsync(path, csv, Ct);
        try
        {
            return await CommandProcess.RunAsync("services/Cli/Cli.csproj",
                ["train", "linear", "--data", path, "--label", label, .. options, "--json"], environment, Ct);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<string[]> KeysAsync(TestCluster cluster)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        var server = redis.GetServers()[0];
        return [.. server.Keys(pattern: "cluster:job*").Concat(server.Keys(pattern: "cluster:data*")).Select(key => key.ToString())
            .Order(StringComparer.Ordinal)];
    }
}
