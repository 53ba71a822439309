using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd;

/// <summary>A Redis that reaches its maxmemory: named by everything that waits for it, closed for what is new, and left behind when there is room.</summary>
public sealed class RedisFullTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 14;
    private const int Fillers = 16;
    private const int FillerBytes = 1 << 20;

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        RedisSettings = ["maxmemory 24mb"],
        CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__SegmentDuration"] = "00:00:00.3" },
    };

    [Fact(Timeout = TestLimit)]
    public async Task Fill_WhileAJobRuns_AllSaySoNothingNewIsAcceptedAndTheJobGoesOn()
    {
        var cluster = await ShareClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true");

        await FillAsync(redis);
        var full = Stopwatch.GetTimestamp();
        await UntilAsync(cluster, job, "the job says what it waits for", Waits);
        Say($"named after {Stopwatch.GetElapsedTime(full).TotalSeconds:0.0} s");

        await AssertCliSaysSoAsync(cluster, job);
        Assert.Contains(cluster.Coordinator.Log, line => line.Contains("Redis, which is full", StringComparison.Ordinal));
        await AssertRefusedAsync(() => cluster.Client.SubmitAsync(spec, cancellationToken: Ct));
        await AssertRefusedAsync(() => LoadAsync(cluster, rows: 10));
        Assert.True(Waits(await cluster.Client.GetJobAsync(job.Id, Ct)));

        await redis.GetDatabase().KeyDeleteAsync([.. Enumerable.Range(0, Fillers).Select(FillerKey)]);
        AssertCounted(spec, await EndAsync(cluster, job));
        await LoadAsync(cluster, rows: 10);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_DataThatDoesNotFit_IsRefusedAndLeavesNothing()
    {
        var cluster = await ShareClusterAsync(Options);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true");

        await AssertRefusedAsync(() => LoadAsync(cluster, rows: 4_000_000));

        await Poll.UntilAsync("there is room", () => TryLoadAsync(cluster), loaded => loaded, Limit, Ct);
        var used = (string?)await redis.GetDatabase().ExecuteAsync("INFO", "memory");
        Assert.True(long.Parse(used!.Split("used_memory:")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture) < 16 << 20, used);
    }

    /// <summary>Two commits of 6 million parameters are 50 MB, twice what there is.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Submit_TrainingWhoseCommitsDoNotFit_IsRefusedWithWhatTheyTake()
    {
        var cluster = await ShareClusterAsync(Options);
        await cluster.UploadAsync("few", "y", "x,y\n1,0.5\n2,0.25\n3,0.125\n", Ct);
        var spec = new TrainingSpec
        {
            Model = TrainingNames.Mlp,
            Data = "few",
            Label = "y",
            Layers = "2500,2500",
            Optimizer = TrainingNames.Sgd,
            LearningRate = 0.01f
        };

        var refused = await Assert.ThrowsAsync<ClusterException>(() => cluster.Client.SubmitAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct));

        Assert.Contains("ResourceExhausted", refused.Message, StringComparison.Ordinal);
        Assert.Matches("the job with its commits and checkpoints needs about 5[0-9],[0-9]{3},[0-9]{3} bytes in Redis, which has [0-9,]+ left of its "
            + "maxmemory of [0-9,]+: raise it", refused.Message);
        Assert.Equal(JobState.Succeeded, (await EndAsync(cluster, await cluster.Client.SubmitAsync(spec with { Layers = "8" }, cancellationToken: Ct))).State);
    }

    private static bool Waits(JobInfo job) => job.Progress.WaitingFor.StartsWith("Redis, which is full", StringComparison.Ordinal);

    private static RedisKey FillerKey(int i) => FormattableString.Invariant($"filler:{i}");

    // Beyond its limit by more than what the calls of a moment take or give back.
    private static async Task FillAsync(ConnectionMultiplexer redis)
    {
        await Task.WhenAll(Enumerable.Range(0, Fillers).Select(i => redis.GetDatabase().StringSetAsync(FillerKey(i), new byte[FillerBytes])));
        await redis.GetServers()[0].ConfigSetAsync("maxmemory", "12mb");
    }

    private static async Task AssertCliSaysSoAsync(TestCluster cluster, JobInfo job)
    {
        var (address, key) = (cluster.Connection.Address.ToString(), cluster.Connection.Key);
        var environment = new Dictionary<string, string> { ["CLUSTER_ADDRESS"] = address, ["CLUSTER_KEY"] = key };
        var said = await CommandProcess.RunAsync("services/Cli/Cli.csproj", ["job", job.Id, "--json"], environment, Ct);
        using var json = JsonDocument.Parse(said.Output);
        Assert.Contains("Redis, which is full", json.RootElement.GetProperty("progress").GetProperty("waitingFor").GetString(), StringComparison.Ordinal);
        var refused = await CommandProcess.RunAsync("services/Cli/Cli.csproj", ["pi", "--points", "1000"], environment, Ct);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Redis, which is full", refused.Error, StringComparison.Ordinal);
        Assert.Contains("maxmemory", refused.Error, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(Func<Task> accept)
    {
        var refused = await Assert.ThrowsAsync<ClusterException>(() => accept().WaitAsync(Limit, Ct));
        Assert.Contains("ResourceExhausted", refused.Message, StringComparison.Ordinal);
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.Contains("maxmemory", refused.Message, StringComparison.Ordinal);
    }

    private static async Task LoadAsync(TestCluster cluster, int rows)
    {
        var csv = new StringBuilder("a,b,c,y\n");
        for (var i = 0; i < rows; i++) csv.Append(i % 10).Append(",1,2,3\n");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
        await cluster.Client.LoadDataAsync(stream, "y", cancellationToken: Ct);
    }

    private static async Task<bool> TryLoadAsync(TestCluster cluster)
    {
        try
        {
            await LoadAsync(cluster, rows: 10);
            return true;
        }
        catch (ClusterException)
        {
            return false;
        }
    }
}
