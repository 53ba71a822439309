using Cluster.Client.Errors;
using Cluster.Compute.Pi;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Cluster.Support.Servers;
using StackExchange.Redis;

namespace Cluster.EndToEnd;

/// <summary>A Redis that would lose what it is given, or that does not show whether it would.</summary>
public sealed class RedisSettingsTests(SharedBroker broker) : ClusterTest(broker)
{
    private const string Setting = "Coordinator__AcceptUnsafeRedis";
    private const string NoConfig = "rename-command CONFIG \"\"";
    private const long Points = 16_777_216;
    private const long Inside = 13_175_839;

    private static readonly PiSpec Pi = new() { Points = Points, Seed = 42 };

    [Theory(Timeout = TestLimit)]
    [InlineData("maxmemory-policy allkeys-lru", "maxmemory-policy is allkeys-lru")]
    [InlineData("maxmemory-policy volatile-ttl", "maxmemory-policy is volatile-ttl")]
    [InlineData("appendonly no", "appendonly is no")]
    [InlineData("appendfsync no", "appendfsync is no")]
    [InlineData("no-appendfsync-on-rewrite yes", "no-appendfsync-on-rewrite is yes")]
    [InlineData(NoConfig, "cannot be seen")]
    public async Task Start_RedisThatMayLoseData_NothingNewIsAcceptedAndItIsSaidWhy(string line, string reason)
    {
        var cluster = await StartCoordinatorAsync(line);

        var submitted = await Assert.ThrowsAsync<ClusterException>(() => cluster.Client.SubmitAsync(Pi, cancellationToken: Ct).WaitAsync(Limit, Ct));
        var added = await Assert.ThrowsAsync<ClusterException>(() => LoadAsync(cluster));

        Assert.All([submitted, added], error =>
        {
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.Contains(Setting, error.Message, StringComparison.Ordinal);
        });
        Assert.Empty(await cluster.Client.ListJobsAsync(cancellationToken: Ct));
        Assert.Contains(cluster.Coordinator.Log, entry =>
            entry.Contains(reason, StringComparison.Ordinal) && entry.Contains(Setting, StringComparison.Ordinal));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_InfoAloneAnswers_ItDecides()
    {
        var cluster = await StartCoordinatorAsync(NoConfig, "maxmemory-policy allkeys-lru", "appendonly no");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => cluster.Client.SubmitAsync(Pi, cancellationToken: Ct).WaitAsync(Limit, Ct));

        Assert.Contains("maxmemory-policy is allkeys-lru", refused.Message, StringComparison.Ordinal);
        Assert.Contains("appendonly is no", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Configure_RedisSetRight_IsAcceptedWithoutARestart()
    {
        var cluster = await StartCoordinatorAsync("maxmemory-policy allkeys-lru");
        await Assert.ThrowsAsync<ClusterException>(() => LoadAsync(cluster));

        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true");
        await redis.GetServers()[0].ConfigSetAsync("maxmemory-policy", "noeviction");

        await Poll.UntilAsync("a data set is accepted", () => TryLoadAsync(cluster), accepted => accepted, Limit, Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_Replica_NothingNewIsAcceptedAndItIsSaidWhy()
    {
        var primary = Own(await RedisServerProcess.StartAsync(cancellationToken: Ct));
        var password = primary.ConnectionString.Split("password=")[1];
        var cluster = await StartCoordinatorAsync($"replicaof 127.0.0.1 {primary.Port}", $"masterauth {password}");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => LoadAsync(cluster));

        Assert.Contains("it is a replica", refused.Message, StringComparison.Ordinal);
        Assert.Contains(cluster.Coordinator.Log, entry => entry.Contains("it is a replica", StringComparison.Ordinal));
        Assert.True(cluster.Coordinator.IsRunning);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(NoConfig, "appendfsync everysec")]
    [InlineData("appendonly no", "maxmemory-policy allkeys-lru")]
    public async Task Start_RiskThatIsAccepted_WorksAndSaysSo(params string[] lines)
    {
        var accepted = new Dictionary<string, string> { [Setting] = "true" };
        var options = new TestClusterOptions(Workers: 1) { RedisSettings = lines, CoordinatorEnvironment = accepted };
        var cluster = await StartClusterAsync(options);

        var job = await cluster.Client.SubmitAsync(Pi, cancellationToken: Ct);
        await AssertInsideAsync(cluster, job, Inside);
        var spec = new TrainingSpec { Lanes = 2, Epochs = 10, LearningRate = 0.05f };
        var model = await cluster.Client.TrainAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct);

        Assert.True(model.Examples > 0);
        Assert.Contains(cluster.Coordinator.Log, entry => entry.Contains("Redis may lose what it is given", StringComparison.Ordinal));
    }

    // Only what accepts is needed: nothing that is refused runs.
    private async Task<TestCluster> StartCoordinatorAsync(params string[] lines)
    {
        var cluster = Own(await TestCluster.CreateAsync(new TestClusterOptions(Workers: 1) { RedisSettings = lines }, await NewVirtualHostAsync(), Ct));
        await cluster.Coordinator.StartAsync(Ct);
        return cluster;
    }

    private static async Task LoadAsync(TestCluster cluster)
    {
        using var csv = new MemoryStream("x,y\n1,2\n3,4\n"u8.ToArray());
        await cluster.Client.LoadDataAsync(csv, "y", cancellationToken: Ct).WaitAsync(Limit, Ct);
    }

    private static async Task<bool> TryLoadAsync(TestCluster cluster)
    {
        try
        {
            await LoadAsync(cluster);
            return true;
        }
        catch (ClusterException)
        {
            return false;
        }
    }
}
