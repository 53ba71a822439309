using System.Globalization;
using Cluster.AppHost.Servers;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Security;
using Cluster.Models.Data;
using Cluster.Support.Processes;
using Cluster.Support.Servers;
using Cluster.Testing;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Security;

/// <summary>A cluster in which everything speaks TLS, with certificates of an authority that is made for it.</summary>
public sealed class TlsTests(SharedBroker broker) : ClusterTest(broker)
{
    private const string Cli = "services/Cli/Cli.csproj";
    private const string Admin = ",allowAdmin=true";

    private readonly SharedBroker _broker = broker;
    private readonly TestAuthority _authority = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Run_EverythingByTls_WorksAndRefusesPlainAndForeignClients()
    {
        var cluster = await StartAsync();

        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
        await AssertTrainsAsync(cluster);
        await AssertRedisByTlsAloneAsync(cluster);
        await AssertBrokerByTlsAloneAsync(cluster);
        await AssertClientsAsync(cluster);
        await AssertCommandLineAsync(cluster);
        await AssertForeignAuthorityAsync(cluster);
    }

    private async Task<TestCluster> StartAsync()
    {
        var messaging = new Uri(await _broker.NewVirtualHostAsync(Ct));
        var redis = await RedisServerProcess.StartAsync(cancellationToken: Ct);
        var server = _authority.Issue("server");
        var redisPort = LoopbackPorts.Take();
        await using (var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + Admin))
        {
            await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "tls-cert-file", server.CertificateFile, "tls-key-file", server.KeyFile,
                "tls-ca-cert-file", _authority.File, "tls-auth-clients", "yes", "tls-port", redisPort);
        }

        var brokerPort = await _broker.Server!.AddTlsListenerAsync(server.CertificateFile, server.KeyFile, Ct);
        var password = ConfigurationOptions.Parse(redis.ConnectionString).Password;
        var options = new TestClusterOptions(Workers: 2)
        {
            TestModels = true,
            Tls = new TestTls(_authority, FormattableString.Invariant($"127.0.0.1:{redisPort},password={password},ssl=true"),
                FormattableString.Invariant($"amqps://{messaging.UserInfo}@127.0.0.1:{brokerPort}{messaging.AbsolutePath}")),
        };
        var cluster = Own(new TestCluster(options, redis, $"{messaging}"));
        await cluster.StartAsync(Ct);
        return cluster;
    }

    private static async Task AssertTrainsAsync(TestCluster cluster)
    {
        var model = await cluster.Client.TrainAsync(new TrainingSpec { Lanes = 4, Batch = 8, Epochs = 20, LearningRate = 0.1f }, cancellationToken: Ct)
            .WaitAsync(Limit, Ct);
        Assert.Equal(20 * LineExample.Rows, model.Examples);
    }

    private static async Task AssertRedisByTlsAloneAsync(TestCluster cluster)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(cluster.Redis.ConnectionString + Admin);
        var plain = string.Create(CultureInfo.InvariantCulture, $"laddr=127.0.0.1:{cluster.Redis.Port} ");
        var clients = ((string)(await admin.GetDatabase().ExecuteAsync("CLIENT", "LIST"))!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // Two connections of each process for commands, two for subscriptions; the test's own are without TLS.
        Assert.InRange(clients.Count(line => !line.Contains(plain, StringComparison.Ordinal)), cluster.Processes.Count(), int.MaxValue);
        Assert.InRange(clients.Count(line => line.Contains(plain, StringComparison.Ordinal)), 1, 2);
    }

    private async Task AssertBrokerByTlsAloneAsync(TestCluster cluster)
    {
        var (tls, plain) = await _broker.Server!.CountConnectionsAsync(new Uri(cluster.Messaging).AbsolutePath[1..], Ct);
        Say($"{tls} connections to the broker with TLS, {plain} without");
        // The coordinator and each worker at least.
        Assert.InRange(tls, 1 + cluster.Workers.Count, int.MaxValue);
        Assert.Equal(0, plain);
    }

    private async Task AssertClientsAsync(TestCluster cluster)
    {
        using var foreign = new TestAuthority();
        var own = cluster.Connection;
        var certificate = _authority.Issue("another");
        var strange = foreign.Issue("stranger");

        Assert.Contains("CLUSTER_AUTHORITY_FILE", (await RefusedAsync<ClusterAuthenticationException>(own with { Tls = Read(null, certificate) })).Message,
            StringComparison.Ordinal);
        Assert.Contains("CLUSTER_AUTHORITY_FILE", (await RefusedAsync<ClusterAuthenticationException>(own
            with
        { Tls = Read(foreign.File, certificate) })).Message, StringComparison.Ordinal);
        Assert.Contains("CLUSTER_CERTIFICATE_FILE", (await RefusedAsync<ClusterException>(own with { Tls = Read(_authority.File, null) })).Message,
            StringComparison.Ordinal);
        Assert.Contains("CLUSTER_CERTIFICATE_FILE", (await RefusedAsync<ClusterException>(own with { Tls = Read(_authority.File, strange) })).Message,
            StringComparison.Ordinal);
        var plain = new ClusterConnection(new UriBuilder(own.Address) { Scheme = "http" }.Uri, own.Key);
        Assert.Contains($"https://{own.Address.Authority}", (await RefusedAsync<ClusterException>(plain)).Message, StringComparison.Ordinal);
        var wrongKey = new ClusterConnection(own.Address, "not-the-cluster-key") { Tls = Read(_authority.File, certificate) };
        Assert.Contains("CLUSTER_KEY", (await RefusedAsync<ClusterAuthenticationException>(wrongKey)).Message, StringComparison.Ordinal);
        await using var good = ClusterClient.Connect(own with { Tls = Read(_authority.File, certificate) });
        Assert.NotEmpty(await good.ListTasksAsync(Ct));
    }

    private static async Task AssertCommandLineAsync(TestCluster cluster)
    {
        var (certificate, key) = cluster.Tls!.ClientFiles;
        var environment = new Dictionary<string, string>
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key,
            ["CLUSTER_AUTHORITY_FILE"] = cluster.Tls.Authority.File,
            ["CLUSTER_CERTIFICATE_FILE"] = certificate,
            ["CLUSTER_CERTIFICATE_KEY_FILE"] = key,
        };
        var answers = await Task.WhenAll(
            CommandProcess.RunAsync(Cli, ["tasks", "--json"], environment, Ct),
            CommandProcess.RunAsync(Cli, ["tasks"], new Dictionary<string, string>(environment) { ["CLUSTER_AUTHORITY_FILE"] = "" }, Ct),
            CommandProcess.RunAsync(Cli, ["tasks"], new Dictionary<string, string>(environment) { ["CLUSTER_AUTHORITY_FILE"] = "/no/such.pem" }, Ct));

        Assert.Equal((0, ""), (answers[0].ExitCode, answers[0].Error));
        Assert.Equal(4, answers[1].ExitCode);
        Assert.Contains("CLUSTER_AUTHORITY_FILE", Assert.Single(answers[1].Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Equal(2, answers[2].ExitCode);
        Assert.StartsWith("CLUSTER_AUTHORITY_FILE: /no/such.pem: cannot be read", answers[2].Error, StringComparison.Ordinal);
    }

    /// <summary>A worker that trusts another authority works with neither server, and says so.</summary>
    private static async Task AssertForeignAuthorityAsync(TestCluster cluster)
    {
        using var foreign = new TestAuthority();
        var worker = cluster.Workers[1];
        await worker.StopAsync(Ct);
        cluster.SetEnvironment("Tls__AuthorityFile", foreign.File);
        await worker.StartAsync(Ct);

        await UntilSaidAsync(worker, "no connection to Redis", "Tls:AuthorityFile");
        await UntilSaidAsync(worker, "rabbitmq", "certificate was rejected");
        Assert.DoesNotContain(await cluster.WorkerTasksAsync(Ct), task => task.Instance == worker.Instance);
    }

    /// <summary>Returns when the process has printed a line with all of these.</summary>
    private static async Task UntilSaidAsync(ServiceProcess process, params string[] texts)
    {
        var log = await Poll.UntilAsync($"{process.Instance} says {string.Join(", ", texts)}", () => Task.FromResult(process.Log.ToArray()),
            log => log.Any(HasAll), Limit, Ct);
        Say(log.First(HasAll));

        bool HasAll(string line) => texts.All(text => line.Contains(text, StringComparison.Ordinal));
    }

    private static async Task<T> RefusedAsync<T>(ClusterConnection connection)
        where T : ClusterException
    {
        await using var client = ClusterClient.Connect(connection, new ClusterClientOptions { CallRetries = 1 });
        var error = await Assert.ThrowsAnyAsync<T>(() => client.ListTasksAsync(Ct));
        Say(error.Message);
        return error;
    }

    private static TlsCredentials Read(string? authority, (string CertificateFile, string KeyFile)? identity) => TlsCredentials.Read(
        new TlsFile("authority", authority), new TlsFile("certificate", identity?.CertificateFile), new TlsFile("key", identity?.KeyFile));
}
