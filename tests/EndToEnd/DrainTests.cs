using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.TestModels;

namespace Cluster.EndToEnd;

/// <summary>Workers that are drained in mid-job: the job ends as without, the process with exit code 0, and no log has a warning.</summary>
public sealed partial class DrainTests(SharedBroker broker) : ClusterTest(broker)
{
    private const string Data = "paced";
    private const int Rows = 600;
    private const int Epochs = 10;
    private const int PaceMilliseconds = 4;

    private readonly ConcurrentQueue<string> _lines = new();

    [Theory(Timeout = TestLimit)]
    [InlineData(TrainingNames.Sync)]
    [InlineData(TrainingNames.Async)]
    public async Task Drain_WorkerInMidTraining_EveryExampleCountsOnceAndItEndsInOrder(string mode)
    {
        var cluster = await StartAsync(workers: 3);
        await cluster.UploadAsync(Data, "pace", TestData.Csv(["id", "pace"], Rows, row => [row, PaceMilliseconds]), Ct);
        var spec = CountingSpec.Of(Data, "pace", mode, Epochs) with { Seed = 5 };
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        await Poll.UntilAsync("a part is committed", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Training is { CommittedClock: > 0 }, Limit, Ct);
        var leaver = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        leaver.Resume();

        var drained = await cluster.Client.DrainTaskAsync(leaver.Instance, Ct);
        Assert.Equal((leaver.Instance, false, 2), (drained.Task.Instance, drained.WasDraining, drained.WorkersLeft));
        await AssertLeftAsync(cluster, leaver);
        Assert.Equal(JobState.Running, (await cluster.Client.GetJobAsync(job.Id, Ct)).State);

        var ended = await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);
        var model = TrainedModel.FromJob(ended.EnsureSucceeded());
        Assert.All(model.Parameters!["count"], count => Assert.Equal(Epochs, count));
        Assert.Equal(((long)Epochs * Rows, 1L), (model.Examples, ended.Training!.Generations));
        if (mode == TrainingNames.Sync) Assert.Equal(SequentialTraining.Fingerprint(SequentialTraining.Count(spec, Rows)), model.Fingerprint);
        AssertQuiet();

        // Whoever starts it again has a worker as before.
        await leaver.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
        Assert.DoesNotContain(await cluster.WorkerTasksAsync(Ct), task => task.IsDraining);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Drain_EveryWorkerByTheCommandInMidComputation_CountsExactlyWhenOneComesBack()
    {
        const long points = 6_000_000_000;
        var cluster = await StartAsync(workers: 2);
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = points, Seed = 7 }, cancellationToken: Ct);
        await Poll.UntilAsync("a tenth is done", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Progress.Fraction > 0.1, Limit, Ct);

        var first = await DrainAsync(cluster, "worker-1", "--json");
        using var json = JsonDocument.Parse(first.Output);
        Assert.Equal(("worker-1", 1), (json.RootElement.GetProperty("instance").GetString(), json.RootElement.GetProperty("workersLeft").GetInt32()));
        await AssertLeftAsync(cluster, cluster.Workers[1]);
        AssertQuiet();

        var last = await DrainAsync(cluster, Assert.Single(await cluster.WorkerTasksAsync(Ct)).Name);
        Assert.Contains("it is the last worker: jobs wait until another comes", last.Error, StringComparison.Ordinal);
        Assert.EndsWith("(worker-0) has left; 0 workers stay\n", last.Output, StringComparison.Ordinal);
        await AssertLeftAsync(cluster, cluster.Workers[0]);
        Assert.Equal(JobState.Running, (await cluster.Client.GetJobAsync(job.Id, Ct)).State);

        await cluster.Workers[1].StartAsync(Ct);
        var progress = await AssertInsideAsync(cluster, job, PiOracle.ByKernel(points, 7));
        Assert.Equal((0, 0), (progress.ItemsFailed, progress.ItemsTakenOver));
        AssertQuiet("waits for a worker");
    }

    private async Task<TestCluster> StartAsync(int workers)
    {
        var cluster = await StartClusterAsync(new TestClusterOptions(workers)
        {
            TestModels = true,
            CoordinatorEnvironment = new Dictionary<string, string>
            {
                ["Coordinator__SegmentDuration"] = "00:00:00.3",
                ["Coordinator__LongestSegment"] = "00:00:00.3",
            },
            Output = (instance, line) => _lines.Enqueue($"{instance}  {line}"),
        });
        _lines.Clear();
        return cluster;
    }

    private static async Task<CommandAnswer> DrainAsync(TestCluster cluster, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key
        };
        var answer = await CommandProcess.RunAsync("services/Cli/Cli.csproj", ["drain", .. arguments], environment, Ct);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer;
    }

    /// <summary>Its process ends by itself, as one that was told to stop, and is no task any more.</summary>
    private static async Task AssertLeftAsync(TestCluster cluster, ServiceProcess worker)
    {
        await worker.UntilEndedAsync(Limit, Ct);
        Assert.Equal(0, await worker.StopAsync(Ct));
        Assert.Contains(worker.Log, line => line.Contains("is asked to leave", StringComparison.Ordinal));
        Assert.DoesNotContain(await cluster.WorkerTasksAsync(Ct), task => task.Instance == worker.Instance);
    }

    private void AssertQuiet(string? but = null)
    {
        Assert.NotEmpty(_lines);
        Assert.DoesNotContain(_lines.Where(line => but is null || !line.EndsWith(but, StringComparison.Ordinal)),
            line => !Calm().IsMatch(line) || line.Contains("Exception", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^[a-z0-9-]+  [0-9:.]{12} (info|dbug|trce): ")]
    private static partial Regex Calm();
}
