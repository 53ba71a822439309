using System.Collections.ObjectModel;
using System.Net.Http.Headers;
using System.Text;
using Cluster.AppHost;
using Cluster.Client;
using Cluster.Client.Tasks;
using Cluster.Contracts.Data;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Security;
using Cluster.LocalHosting.Running;
using Cluster.LocalHosting.Servers;
using Cluster.Persistence.Data;
using Cluster.Training.Data;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Processes;

/// <summary>The cluster of the app host's model as processes that a test kills, stops and starts one by one.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly IReadOnlyList<ProcessResource> _resources;
    private readonly TlsCredentials _tls;
    private string _key;

    /// <param name="options">What it consists of.</param>
    /// <param name="redis">Redis of this cluster alone, which this cluster disposes of.</param>
    /// <param name="messaging">Connection string of a virtual host of this cluster alone.</param>
    public TestCluster(TestClusterOptions options, RedisServerProcess redis, string messaging)
    {
        (Redis, Messaging) = (redis, messaging);
        var builder = DistributedApplication.CreateBuilder(new LocalRunnerOptions());
        builder.AddCluster(options.Workers, options.ParameterStores);
        var resources = builder.Build().Resources;
        var processes = resources.OfType<ProcessResource>().ToDictionary(resource => resource.Name);
        // One core a worker, whatever the machine has: the jobs take the time that the tests need.
        processes["worker"].Environment["Worker__Cores"] = "1";
        if (options.TestModels)
        {
            Replace("worker", "tests/TestWorker/TestWorker.csproj");
            Replace("coordinator", "tests/TestChief/TestChief.csproj");
        }

        _resources = [.. processes.Values];
        Tls = options.Tls;
        _tls = options.Tls?.Credentials ?? TlsCredentials.System;
        if (options.Tls is { } tls) tls.Configure(_resources);
        foreach (var (name, value) in options.Environment)
            SetEnvironment(name, value);
        if (options.WorkerProject is { } worker) Replace("worker", worker);
        foreach (var (name, value) in options.WorkerEnvironment)
            processes["worker"].Environment[name] = value;
        foreach (var (name, value) in options.CoordinatorEnvironment)
            processes["coordinator"].Environment[name] = value;
        foreach (var (name, value) in options.ParameterStoreEnvironment)
        {
            foreach (var store in Enumerable.Range(0, options.ParameterStores))
                processes[StoreName(store)].Environment[name] = value;
        }

        _key = resources.OfType<ParameterResource>().Single().Value;
        var ports = new EndpointPorts(resources);
        var (redisOfServices, messagingOfServices) = (options.Tls?.Redis ?? redis.ConnectionString, options.Tls?.Messaging ?? messaging);
        if (options.Links)
        {
            var broker = new Uri(messaging);
            Links = new ClusterLinks(redis, broker.Port, [.. Enumerable.Range(0, options.ParameterStores)
                .Select<int, Func<int>>(store => () => new Uri(ports.Address(processes[StoreName(store)], 0, "grpc")).Port)]);
            redisOfServices = redisOfServices.Replace($":{redis.Port},", $":{Links.Redis.Port},", StringComparison.Ordinal);
            messagingOfServices = new UriBuilder(broker) { Port = Links.Messaging.Port }.Uri.AbsoluteUri;
            for (var store = 0; store < options.ParameterStores; store++)
                processes[StoreName(store)].Environment["ParameterStore__AdvertisedAddress"] = $"127.0.0.1:{Links.ParameterStores[store].Port}";
        }

        Coordinator = Create("coordinator", 0);
        ParameterStores = [.. Enumerable.Range(0, options.ParameterStores).Select(store => Create(StoreName(store), 0))];
        Workers = [.. Enumerable.Range(0, options.Workers).Select(ordinal => Create("worker", ordinal))];
        Client = Connect(_key);

        ServiceProcess Create(string name, int ordinal) => new(
            processes[name], ordinal, ports, server => server.Name == "redis" ? redisOfServices : messagingOfServices, options.Output);

        void Replace(string name, string projectPath) => ((ProjectResource)processes[name]).ProjectPath = projectPath;

        static string StoreName(int store) => FormattableString.Invariant($"ps-{store}");
    }

    /// <summary>A cluster with a Redis of its own, which runs; everything else is to be started.</summary>
    /// <param name="options">What it consists of.</param>
    /// <param name="messaging">Connection string of a virtual host of this cluster alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TestCluster> CreateAsync(TestClusterOptions options, string messaging, CancellationToken cancellationToken)
    {
        var environment = options.RedisEnvironment.ToDictionary(variable => variable.Key, string? (variable) => variable.Value);
        return new TestCluster(options, await RedisServerProcess.StartAsync(environment, options.RedisSettings, null, cancellationToken), messaging);
    }

    public RedisServerProcess Redis { get; }

    /// <summary>Connection string of its virtual host.</summary>
    public string Messaging { get; }

    /// <summary>How everything speaks TLS; null for without.</summary>
    public TestTls? Tls { get; }

    public ServiceProcess Coordinator { get; }

    public IReadOnlyList<ServiceProcess> Workers { get; }

    /// <summary>The ps processes; <see cref="ParameterStoreAsync"/> finds the one that is a certain task.</summary>
    public IReadOnlyList<ServiceProcess> ParameterStores { get; }

    /// <summary>Between the services, where <see cref="TestClusterOptions.Links"/> asks for them; else null.</summary>
    public ClusterLinks? Links { get; }

    /// <summary>Shows the key that is in use.</summary>
    public ClusterClient Client { get; private set; }

    public ClusterConnection Connection => ConnectionWith(_key);

    public IEnumerable<ServiceProcess> Processes => [Coordinator, .. ParameterStores, .. Workers];

    /// <summary>A client as <see cref="Client"/> that shows another key.</summary>
    public ClusterClient Connect(string key) => ClusterClient.Connect(ConnectionWith(key), new ClusterClientOptions
    {
        CallTimeout = Limit,
        CallRetries = 1000,
        MaxRetryDelay = TimeSpan.FromMilliseconds(500),
    });

    /// <summary>What every process is told when it is started next.</summary>
    public void SetEnvironment(string name, string value)
    {
        foreach (var resource in _resources) resource.Environment[name] = value;
    }

    /// <summary>Shows another key from now on.</summary>
    public async Task ShowKeyAsync(string key)
    {
        await Client.DisposeAsync();
        (_key, Client) = (key, Connect(key));
    }

    /// <summary>Starts everything and returns when every worker takes work and every ps task serves.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Processes.Select(process => process.StartAsync(cancellationToken)));
        await UntilWholeAsync(cancellationToken);
    }

    /// <summary>Returns when every worker takes work and every ps task serves.</summary>
    public async Task UntilWholeAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(ParameterStores.Concat(Workers).Select(process => UntilHealthyAsync(process, cancellationToken)));
        await Poll.UntilAsync("chief, ps tasks and workers are listed", () => Client.ListTasksAsync(cancellationToken),
            tasks => tasks.Count == 1 + ParameterStores.Count + Workers.Count, Limit, cancellationToken);
    }

    /// <summary>The workers that hold a lease now.</summary>
    public async Task<ClusterTask[]> WorkerTasksAsync(CancellationToken cancellationToken)
        => await TasksAsync(JobNames.Worker, cancellationToken);

    /// <summary>The ps tasks that hold a lease now, by index.</summary>
    public async Task<ClusterTask[]> ParameterStoreTasksAsync(CancellationToken cancellationToken)
        => await TasksAsync(JobNames.ParameterStore, cancellationToken);

    /// <summary>The process that is <c>/job:ps/task:INDEX</c>, to be killed, stopped, suspended, resumed or started again.</summary>
    /// <remarks>Indices go to whoever asks first, so that ps-0 may be task 1. A process that comes back keeps its index.</remarks>
    public async Task<ServiceProcess> ParameterStoreAsync(int index, CancellationToken cancellationToken)
    {
        var task = (await ParameterStoreTasksAsync(cancellationToken)).Single(task => task.Index == index);
        return ParameterStores.Single(process => process.Instance == task.Instance);
    }

    /// <summary>Returns when the ps task is there in another incarnation than the one given: it came back, or a spare took its index.</summary>
    public async Task<ClusterTask> UntilParameterStoreIsBackAsync(ClusterTask before, CancellationToken cancellationToken)
    {
        var tasks = await Poll.UntilAsync($"{before.Name} is back", () => ParameterStoreTasksAsync(cancellationToken),
            tasks => tasks.Any(IsBack), Limit, cancellationToken);
        return tasks.Single(IsBack);

        bool IsBack(ClusterTask task) => task.Index == before.Index && task.Incarnation != before.Incarnation;
    }

    public async Task<IConnectionMultiplexer> ConnectRedisAsync() => await ConnectionMultiplexer.ConnectAsync(Redis.ConnectionString);

    /// <summary>Stores a data set, unless the cluster has one of this id.</summary>
    public async Task UploadAsync(string id, string label, string csv, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectRedisAsync();
        var sets = new RedisDataSets(redis);
        if (await sets.FindAsync(id, cancellationToken) is not null) return;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        await sets.WriteAsync(
            new NewDataSet(id, new DataImport { Source = id, Label = label }, TimeSpan.FromHours(1)),
            () => CsvData.Open(stream, new CsvOptions { Label = label }), null, null, cancellationToken);
    }

    /// <summary>What the processes printed, for a test that failed.</summary>
    public IEnumerable<string> Logs() => Processes.SelectMany(process => process.Log.Select(line => $"{process.Instance}  {line}"));

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Task.WhenAll(Processes.Select(process => process.DisposeAsync().AsTask()));
        if (Links is not null) await Links.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private ClusterConnection ConnectionWith(string key) => new(Coordinator.Endpoint("grpc"), key) { Tls = _tls };

    private async Task<ClusterTask[]> TasksAsync(string jobName, CancellationToken cancellationToken)
        => [.. (await Client.ListTasksAsync(cancellationToken)).Where(task => task.JobName == jobName)];

    private Task<bool> UntilHealthyAsync(ServiceProcess process, CancellationToken cancellationToken) => Poll.UntilAsync(
        $"{process.Instance} can do its work", () => IsHealthyAsync(process, cancellationToken), healthy => healthy, Limit, cancellationToken);

    private async Task<bool> IsHealthyAsync(ServiceProcess worker, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(worker.Endpoint("http"), "/health"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        try
        {
            using var answer = await Http.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer in time, on a machine that others load.
            return false;
        }
    }
}

/// <summary>What a test's cluster consists of.</summary>
internal sealed record TestClusterOptions(int Workers = 2)
{
    public int ParameterStores { get; init; } = 1;

    /// <summary>Coordinator and workers know the models of the tests too.</summary>
    public bool TestModels { get; init; }

    /// <summary>Services reach Redis, RabbitMQ and ps tasks through links that a test cuts, holds and slows down.</summary>
    public bool Links { get; init; }

    /// <summary>Takes each line that a process prints: its instance, the line. Called on any thread.</summary>
    public Action<string, string>? Output { get; init; }

    public IReadOnlyDictionary<string, string> CoordinatorEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Another program than the worker, from the root of the repository.</summary>
    public string? WorkerProject { get; init; }

    /// <summary>Given to every process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>How everything is run by TLS; null for without.</summary>
    public TestTls? Tls { get; init; }

    /// <summary>Given to every worker process.</summary>
    public IReadOnlyDictionary<string, string> WorkerEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Given to every ps process.</summary>
    public IReadOnlyDictionary<string, string> ParameterStoreEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Lines of configuration that count instead of those that Redis is started with.</summary>
    public IReadOnlyList<string> RedisSettings { get; init; } = [];

    /// <summary>Given to Redis.</summary>
    public IReadOnlyDictionary<string, string> RedisEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
