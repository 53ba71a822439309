using System.Text;
using System.Text.Json;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Security;

/// <summary>The key and the passwords of the cluster are found nowhere but where they belong.</summary>
public sealed partial class IntruderTests
{
    private const string Cli = "services/Cli/Cli.csproj";
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact(Timeout = TestLimit)]
    public async Task Search_ForKeyAndPasswords_FindsThemNowhere()
    {
        var cluster = await ShareClusterAsync(Options);
        var secrets = Secrets(cluster);
        await AssertTellsNothingAsync(cluster, secrets);
        await cluster.Redis.RestartAsync(Ct);
        await RunPiAsync(cluster, 1 << 22, 7);
        await UntilExportedAsync("/v1/traces", "/v1/logs", "/v1/metrics");

        Assert.All(cluster.Logs(), line => AssertNone(secrets, line, "a log"));
        Assert.All(Telemetry.Received, sent => AssertNone(secrets, Encoding.Latin1.GetString(sent.Body), sent.Path));
        Assert.All(CommandLines(), line => AssertNone(secrets, line, "the arguments of a process"));
        await using var redis = await cluster.ConnectRedisAsync();
        await foreach (var text in StoredAsync(redis)) AssertNone(secrets, text, "Redis");
        foreach (var folder in (string[])[cluster.Redis.DataDirectory, _broker.Server!.DataDirectory]) AssertClosed(folder);
    }

    /// <summary>Jobs that succeed and fail, callers who are refused, commands that go wrong: everything that prints.</summary>
    private static async Task AssertTellsNothingAsync(TestCluster cluster, string[] secrets)
    {
        await RunPiAsync(cluster, 1 << 22, 42);
        await using var stranger = ClusterClient.Connect(cluster.Connection.Address, "not-the-cluster-key");
        await Assert.ThrowsAsync<ClusterAuthenticationException>(() => stranger.ListTasksAsync(Ct));
        var failed = await cluster.Client.SubmitAsync(new ComputationSpec { Name = "pi", Arguments = JsonSerializer.SerializeToElement("wrong"), IndexCount = 1, GrainSize = 1 }, cancellationToken: Ct);
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

    private static string[] Secrets(TestCluster cluster)
    {
        string[] secrets = [cluster.Connection.Key, ConfigurationOptions.Parse(cluster.Redis.ConnectionString).Password!, new Uri(cluster.Messaging).UserInfo.Split(':')[1]];
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
        {
            if (await database.KeyTypeAsync(key) is not RedisType.Hash) continue;
            foreach (var entry in await database.HashGetAllAsync(key)) yield return $"{key} {entry.Name} {entry.Value}";
        }
    }

    // Nobody else may enter the folder, whatever lies in it.
    private static void AssertClosed(string folder) => Assert.Equal(UnixFileMode.None, (OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(folder)) & Others);
}
