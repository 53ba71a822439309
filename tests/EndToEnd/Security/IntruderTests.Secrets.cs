using System.Text;
using System.Text.Json;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Security;

/// <summary>The key and the passwords of the cluster are found nowhere but where they belong.</summary>
public sealed partial class IntruderTests
{
    private const string Cli = "services/Cli/Cli.csproj";
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const string Cookie = ".erlang.cookie";

    private static readonly EnumerationOptions AllFiles = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    [Fact(Timeout = TestLimit)]
    public async Task Search_ForKeyAndPasswords_FindsThemNowhere()
    {
        var cluster = await ShareClusterAsync(Options);
        var secrets = Secrets(cluster);
        await AssertTellsNothingAsync(cluster, secrets);
        await cluster.Redis.RestartAsync(Ct);
        await RunPiAsync(cluster, 1 << 22, 7);
        await UntilExportedAsync("/v1/traces", "/v1/logs", "/v1/metrics");

        Assert.Contains(Printed, line => line.Contains(" dbug: ", StringComparison.Ordinal));
        Assert.All(Printed, line => AssertNone(secrets, line, "a log"));
        Assert.All(Telemetry.Received, sent => AssertNone(secrets, Encoding.Latin1.GetString(sent.Body), sent.Path));
        Assert.All(CommandLines(), line => AssertNone(secrets, line, "the arguments of a process"));
        await using var redis = await cluster.ConnectRedisAsync();
        await foreach (var text in StoredAsync(redis)) AssertNone(secrets, text, "Redis");
        AssertFiles(secrets, cluster.Redis.DataDirectory, "redis.conf");
        AssertFiles(secrets, _broker.Server!.DataDirectory, "rabbitmq.conf", Cookie);
    }

    /// <summary>Jobs that succeed and fail, callers who are refused, commands that go wrong: everything that prints.</summary>
    private static async Task AssertTellsNothingAsync(TestCluster cluster, string[] secrets)
    {
        await RunPiAsync(cluster, 1 << 22, 42);
        Assert.All(await RefusalsAsync(cluster), refusal => AssertNone(secrets, $"{refusal}", "an exception"));
        var failed = await cluster.Client.SubmitAsync(
            new ComputationSpec { Name = "pi", Arguments = JsonSerializer.SerializeToElement("wrong"), IndexCount = 1, GrainSize = 1 }, cancellationToken: Ct);
        var ended = await cluster.Client.WaitAsync(failed.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);
        Assert.Equal(JobState.Failed, ended.State);
        AssertNone(secrets, $"{ended.Error} {ended}", "a job");

        var environment = new Dictionary<string, string> { ["CLUSTER_ADDRESS"] = $"{cluster.Connection.Address}", ["CLUSTER_KEY"] = cluster.Connection.Key };
        var answers = await Task.WhenAll(
            CommandProcess.RunAsync(Cli, ["job", failed.Id], environment, Ct),
            CommandProcess.RunAsync(Cli, ["job", "none"], environment, Ct),
            CommandProcess.RunAsync(Cli, ["tasks", "--address", $"http://127.0.0.1:{cluster.Redis.Port}"], environment, Ct));
        Assert.All(answers, answer => AssertNone(secrets, answer.Output + answer.Error, "a command"));
    }

    /// <summary>What callers catch: without the key, with it and in the wrong place, with it and a wrong request;
    /// and without a server's user or password.</summary>
    private static async Task<IReadOnlyList<Exception>> RefusalsAsync(TestCluster cluster)
    {
        await using var stranger = ClusterClient.Connect(cluster.Connection.Address, "not-the-cluster-key");
        await using var lost = ClusterClient.Connect(new ClusterConnection(new Uri($"http://127.0.0.1:{cluster.Redis.Port}"), cluster.Connection.Key),
            new ClusterClientOptions { CallRetries = 1 });
        var stolen = new UriBuilder(cluster.Messaging) { UserName = "another" }.Uri;
        return
        [
            await Assert.ThrowsAsync<ClusterAuthenticationException>(() => stranger.ListTasksAsync(Ct)),
            await Assert.ThrowsAnyAsync<ClusterException>(() => lost.ListTasksAsync(Ct)),
            await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.GetJobAsync("none", Ct)),
            await Assert.ThrowsAnyAsync<ClusterException>(() =>
            cluster.Client.SubmitAsync(new TrainingSpec { Model = "none", LearningRate = 0.1f }, cancellationToken: Ct)),
            await Assert.ThrowsAnyAsync<RedisException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{cluster.Redis.Port},password=x")),
            await Assert.ThrowsAnyAsync<BrokerUnreachableException>(() => new ConnectionFactory { Uri = stolen }.CreateConnectionAsync(Ct)),
        ];
    }

    private string[] Secrets(TestCluster cluster)
    {
        var cookie = File.ReadAllText(Directory.EnumerateFiles(_broker.Server!.DataDirectory, Cookie, AllFiles).Single());
        string[] secrets = [cluster.Connection.Key, ConfigurationOptions.Parse(cluster.Redis.ConnectionString).Password!,
            new Uri(cluster.Messaging).UserInfo.Split(':')[1], cookie];
        Assert.All(secrets, secret => Assert.True(secret.Length >= 32));
        return [.. secrets, .. secrets.Select(secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='))];
    }

    private static void AssertNone(string[] secrets, string text, string where)
        => Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"a secret is in {where}"));

    private static async Task UntilExportedAsync(params string[] paths)
    {
        var before = Telemetry.Received.Count;
        await Poll.UntilAsync("telemetry is exported", () => Task.FromResult(Telemetry.Received.Skip(before).Select(sent => sent.Path).ToHashSet()),
            received => paths.All(received.Contains), Limit, Ct);
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return line;
        }
    }

    private static async IAsyncEnumerable<string> StoredAsync(IConnectionMultiplexer redis)
    {
        var database = redis.GetDatabase();
        await foreach (var key in redis.GetServers()[0].KeysAsync())
            yield return string.Join(' ', [$"{key}", .. (await ValuesAsync(database, key)).Select(value => Encoding.Latin1.GetString((byte[]?)value ?? []))]);
    }

    /// <summary>All that a key holds; nothing for one that has gone meanwhile.</summary>
    private static async Task<IEnumerable<RedisValue>> ValuesAsync(IDatabase redis, RedisKey key) => await redis.KeyTypeAsync(key) switch
    {
        RedisType.String => [await redis.StringGetAsync(key)],
        RedisType.Hash => (await redis.HashGetAllAsync(key)).SelectMany(entry => (RedisValue[])[entry.Name, entry.Value]),
        RedisType.List => await redis.ListRangeAsync(key),
        RedisType.Set => await redis.SetMembersAsync(key),
        RedisType.SortedSet => await redis.SortedSetRangeByRankAsync(key),
        RedisType.Stream => (await redis.StreamRangeAsync(key)).SelectMany(entry => entry.Values).SelectMany(pair => (RedisValue[])[pair.Name, pair.Value]),
        RedisType.None => [],
        var other => throw new InvalidOperationException($"{key}: {other} is not searched"),
    };

    /// <summary>Nobody else may enter the folder or read a file in it that holds a secret; these files hold one.</summary>
    private static void AssertFiles(string[] secrets, string folder, params string[] known)
    {
        Assert.Equal(UnixFileMode.None, ModeOf(folder) & Others);
        var holding = Directory.EnumerateFiles(folder, "*", AllFiles).Where(file => Holds(file, secrets)).ToList();
        Assert.Subset(holding.Select(Path.GetFileName).ToHashSet(), known.ToHashSet<string?>());
        foreach (var file in holding) Assert.Equal((file, UnixFileMode.None), (file, ModeOf(file) & (Others | UnixFileMode.UserExecute)));
        Say($"in {folder} hold a secret: {string.Join(", ", holding.Select(Path.GetFileName))}");
    }

    private static bool Holds(string file, string[] secrets)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            var text = Encoding.Latin1.GetString(bytes.ToArray());
            return secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal));
        }
        catch (FileNotFoundException)
        {
            // The server has removed it meanwhile.
            return false;
        }
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
