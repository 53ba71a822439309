using System.Net.Http.Headers;
using Cluster.AppHost;
using Cluster.Client;
using Cluster.Client.Tasks;
using Cluster.Contracts.Storage;
using Cluster.LocalHosting.Running;
using Cluster.LocalHosting.Servers;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Processes;

/// <summary>The cluster of the app host's model as processes that a test kills, stops and starts one by one.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly string _key;

    /// <param name="options">What it consists of.</param>
    /// <param name="redis">Redis of this cluster alone, which this cluster disposes of.</param>
    /// <param name="messaging">Connection string of a virtual host of this cluster alone.</param>
    public TestCluster(TestClusterOptions options, RedisServerProcess redis, string messaging)
    {
        (Redis, Messaging) = (redis, messaging);
        var builder = DistributedApplication.CreateBuilder(new LocalRunnerOptions());
        builder.AddCluster(options.Workers);
        var resources = builder.Build().Resources;
        var processes = resources.OfType<ProcessResource>().ToDictionary(resource => resource.Name);
        // One core a worker, whatever the machine has: the jobs take the time that the tests need.
        processes["worker"].Environment["Worker__Cores"] = "1";
        foreach (var (name, value) in options.CoordinatorEnvironment)
            processes["coordinator"].Environment[name] = value;

        _key = resources.OfType<ParameterResource>().Single().Value;
        var ports = new EndpointPorts(resources);
        Coordinator = Create("coordinator", 0);
        Workers = [.. Enumerable.Range(0, options.Workers).Select(ordinal => Create("worker", ordinal))];
        Client = ClusterClient.Connect(Connection, new ClusterClientOptions
        {
            CallTimeout = Limit,
            CallRetries = 1000,
            MaxRetryDelay = TimeSpan.FromMilliseconds(500),
        });

        ServiceProcess Create(string name, int ordinal) => new(
            processes[name], ordinal, ports, server => server.Name == "redis" ? redis.ConnectionString : messaging);
    }

    public RedisServerProcess Redis { get; }

    /// <summary>Connection string of its virtual host.</summary>
    public string Messaging { get; }

    public ServiceProcess Coordinator { get; }

    public IReadOnlyList<ServiceProcess> Workers { get; }

    public ClusterClient Client { get; }

    public ClusterConnection Connection => new(Coordinator.Endpoint("grpc"), _key);

    private IEnumerable<ServiceProcess> Processes => [Coordinator, .. Workers];

    /// <summary>Starts everything and returns when every worker takes work.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Processes.Select(process => process.StartAsync(cancellationToken)));
        await Task.WhenAll(Workers.Select(worker => TakesWorkAsync(worker, cancellationToken)));
        await Poll.UntilAsync("chief and workers are listed", () => Client.ListTasksAsync(cancellationToken),
            tasks => tasks.Count == 1 + Workers.Count, Limit, cancellationToken);
    }

    /// <summary>
    /// Suspends a worker at a moment at which it has claimed an item of the job and not recorded it: what follows hits
    /// work under way for certain.
    /// </summary>
    public async Task<ServiceProcess> SuspendBusyWorkerAsync(string jobId, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectRedisAsync();
        var incarnations = (await Client.ListTasksAsync(cancellationToken)).ToDictionary(task => task.Instance, task => task.Incarnation);
        return await Poll.UntilAsync($"a worker has an item of {jobId}", SuspendOneAsync, worker => worker is not null, Limit, cancellationToken)
            ?? throw new InvalidOperationException("unreachable: the poll ends with a worker or throws");

        async Task<ServiceProcess?> SuspendOneAsync()
        {
            foreach (var worker in Workers)
            {
                worker.Suspend();
                if (await HoldsClaimAsync(redis.GetDatabase(), jobId, incarnations[worker.Instance]))
                    return worker;
                worker.Resume();
            }

            return null;
        }
    }

    public Task<ClusterTask[]> WorkerTasksAsync(CancellationToken cancellationToken) => WorkerTasksAsync(Client, cancellationToken);

    public async Task<IConnectionMultiplexer> ConnectRedisAsync()
    {
        var options = ConfigurationOptions.Parse(Redis.ConnectionString);
        options.AllowAdmin = true;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <summary>What the processes printed, for a test that failed.</summary>
    public IEnumerable<string> Logs() => Processes.SelectMany(process => process.Log.Select(line => $"{process.Instance}  {line}"));

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Task.WhenAll(Processes.Select(process => process.DisposeAsync().AsTask()));
        await Redis.DisposeAsync();
    }

    // A message that the worker sent before it was suspended may still be on its way to Redis: the second look is later
    // than its arrival on a loopback connection.
    private static async Task<bool> HoldsClaimAsync(IDatabase redis, string jobId, string incarnation)
    {
        for (var look = 0; look < 2; look++)
        {
            if ((await redis.HashGetAllAsync(JobKeys.Claims(jobId))).All(claim => claim.Value != incarnation))
                return false;
            await redis.PingAsync();
        }

        return true;
    }

    private static async Task<ClusterTask[]> WorkerTasksAsync(ClusterClient client, CancellationToken cancellationToken)
        => [.. (await client.ListTasksAsync(cancellationToken)).Where(task => task.JobName == "worker")];

    private Task<bool> TakesWorkAsync(ServiceProcess worker, CancellationToken cancellationToken) => Poll.UntilAsync(
        $"{worker.Instance} takes work", () => IsHealthyAsync(worker, cancellationToken), healthy => healthy, Limit, cancellationToken);

    private async Task<bool> IsHealthyAsync(ServiceProcess worker, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(worker.Endpoint("http"), "/health"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        using var answer = await Http.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode;
    }
}

/// <summary>What a test's cluster consists of.</summary>
internal sealed record TestClusterOptions(int Workers = 2)
{
    public IReadOnlyDictionary<string, string> CoordinatorEnvironment { get; init; } = new Dictionary<string, string>();
}
