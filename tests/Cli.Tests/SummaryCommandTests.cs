using Cluster.Cli.Output;
using Cluster.TestCoordinator;
using Google.Protobuf.WellKnownTypes;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class SummaryCommandTests
{
    [Fact]
    public async Task Summary_ForPeople_HasCurvesAndPoints()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, "summary", "training-1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            evaluation/loss        ▁ 0.25 (0.25 to 0.25)
            loss (training)        █▁ 0.5 (0.5 to 2)
            step  evaluation/loss  loss (training)
            32                     2
            64    0.25             0.5

            """, run.Output);
        Assert.Equal(("training-1", 0L), (coordinator.Received<V1.ReadSummariesRequest>()
            .Single().Job, coordinator.Received<V1.ReadSummariesRequest>().Single().AfterClock));
    }

    [Fact]
    public async Task Summary_Json_IsOneLine()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, "summary", "training-1", "--json");

        Assert.Equal(
            """[{"step":32,"time":"2023-11-14T22:13:20Z","values":{"loss":2}},{"step":64,"time":"2023-11-14T22:13:21Z","values":{"evaluation/loss":0.25"""
                + ""","loss":0.5}}]""" + "\n", run.Output);
    }

    [Fact]
    public async Task Summary_Exports_AreFilesAndNothingElse()
    {
        await using var coordinator = await StartAsync();
        var directory = Path.Combine(Path.GetTempPath(), $"cluster-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            var csv = Path.Combine(directory, "loss.csv");
            var run = await CliRun.RunAsync(coordinator, "summary", "training-1", "--csv", csv, "--tensorboard", Path.Combine(directory, "runs"));

            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            Assert.Equal([$"2 points in {csv}", $"2 points in {Path.Combine(directory, "runs", "events.out.tfevents.1700000000.training-1")}"], run.ErrorLines);
            Assert.StartsWith("step,time,evaluation/loss,loss\n32,2023-11-14T22:13:20.0000000Z,,2\n",
                await File.ReadAllTextAsync(csv, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Equal(2, Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length);

            var other = Path.Combine(directory, "other.csv");
            string[] again = ["summary", "training-1", "--csv", other, "--tensorboard", Path.Combine(directory, "runs")];
            run = await CliRun.RunAsync(coordinator, again);
            Assert.Equal(2, run.ExitCode);
            Assert.Equal([$"--tensorboard: {Path.Combine(directory, "runs", "events.out.tfevents.1700000000.training-1")}: is there already; "
                + "--force replaces it"], run.ErrorLines);
            Assert.False(File.Exists(other));

            run = await CliRun.RunAsync(coordinator, [.. again, "--force"]);
            Assert.Equal(0, run.ExitCode);
            Assert.Equal(3, Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Summary_FileThatCannotBe_IsOneLineAndCode2()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, "summary", "training-1", "--csv", "/no/such/directory/loss.csv");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("--csv: /no/such/directory/loss.csv: cannot be written: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 1 2 3 4 5 6 7", "▁▂▃▄▅▆▇█")]
    [InlineData("5 5 5", "▁▁▁")]
    [InlineData("7 0", "█▁")]
    public void Line_Values_AreBarsBetweenTheLeastAndTheMost(string values, string bars)
        => Assert.Contains($" {bars} ", SummaryCurves.Line("loss", [.. values.Split(' ').Select(double.Parse)]), StringComparison.Ordinal);

    [Fact]
    public void Line_ManyValues_AreMeansInAFixedWidth()
        => Assert.Contains(" " + new string('▁', SummaryCurves.Width / 2) + new string('█', SummaryCurves.Width / 2) + " ",
            SummaryCurves.Line("loss", [.. Enumerable.Range(0, 10 * SummaryCurves.Width).Select(i => i < 5 * SummaryCurves.Width ? 1.0 : 2.0)]),
            StringComparison.Ordinal);

    private static async Task<ScriptedCoordinator> StartAsync()
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Summaries = _ => Task.FromResult(new V1.ReadSummariesReply
        {
            Points =
            {
                new V1.SummaryPoint { Clock = 32, At = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)),
                Values = { ["loss"] = 2 } },
                new V1.SummaryPoint { Clock = 64, At = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(1_700_000_001)),
                Values = { ["loss"] = 0.5, ["evaluation/loss"] = 0.25 } },
            },
        });
        return coordinator;
    }
}
