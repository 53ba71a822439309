using System.Net.Http.Headers;
using System.Text;
using Cluster.Client;
using Cluster.Client.Tasks;
using Cluster.Contracts.Data;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Security;
using Cluster.Models.Data;
using Cluster.Storage.Data;
using Cluster.Support.Servers;
using StackExchange.Redis;

namespace Cluster.Support.Processes;

/// <summary>A cluster as processes that a test kills, stops and starts one by one.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly TlsCredentials _tls;
    private string _key = Secrets.NewKey();

    /// <param name="options">What it consists of.</param>
    /// <param name="redis">Redis of this cluster alone, which this cluster disposes of.</param>
    /// <param name="messaging">Connection string of a virtual host of this cluster alone.</param>
    public TestCluster(TestClusterOptions options, RedisServerProcess redis, string messaging)
    {
        (Redis, Messaging, Tls) = (redis, messaging, options.Tls);
        _tls = Tls?.Credentials ?? TlsCredentials.System;
        var coordinator = Take();
        ServiceEndpoints[] stores = [.. Enumerable.Range(0, options.ParameterStores).Select(_ => Take())];
        if (options.Links) Links = new ClusterLinks(redis, new Uri(messaging), stores);
        var settings = new ServiceSettings(
            _key, Links?.RedisConnection ?? Tls?.Redis ?? redis.ConnectionString, Links?.MessagingConnection ?? Tls?.Messaging ?? messaging, Tls);

        Coordinator = Create("coordinator", options.CoordinatorProject, coordinator, settings.Coordinator(coordinator), options.CoordinatorEnvironment);
        ParameterStores = [.. stores.Select(CreateStore)];
        Workers = [.. Enumerable.Range(0, options.Workers).Select(CreateWorker)];
        Client = Connect(_key);

        ServiceEndpoints Take() => ServiceEndpoints.Take(grpcByTls: Tls is not null);

        ServiceProcess CreateStore(ServiceEndpoints own, int ordinal)
        {
            var name = FormattableString.Invariant($"ps-{ordinal}");
            var store = Create(name, "services/ParameterStore/ParameterStore.csproj", own, settings.ParameterStore(name, own),
                options.ParameterStoreEnvironment);
            if (Links is not null)
                store.Settings["ParameterStore__AdvertisedAddress"] = FormattableString.Invariant($"127.0.0.1:{Links.ParameterStores[ordinal].Port}");
            return store;
        }

        ServiceProcess CreateWorker(int ordinal)
        {
            var (instance, own) = (FormattableString.Invariant($"worker-{ordinal}"), Take());
            return Create(instance, options.WorkerProject, own, settings.Worker(instance, own, coordinator), options.WorkerEnvironment);
        }

        ServiceProcess Create(
            string instance, string project, ServiceEndpoints own, Dictionary<string, string> environment, IReadOnlyDictionary<string, string> more)
        {
            foreach (var (name, value) in options.Environment.Concat(more)) environment[name] = value;
            return new ServiceProcess(instance, project, own, environment, options.Output);
        }
    }

    /// <summary>A cluster with a Redis of its own, which runs; everything else is to be started.</summary>
    /// <param name="options">What it consists of.</param>
    /// <param name="messaging">Connection string of a virtual host of this cluster alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TestCluster> CreateAsync(TestClusterOptions options, string messaging, CancellationToken cancellationToken)
    {
        var redis = await RedisServerProcess.StartAsync(options.RedisEnvironment, options.RedisSettings, cancellationToken);
        return new TestCluster(options, redis, messaging);
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
        foreach (var process in Processes) process.Settings[name] = value;
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

    private ClusterConnection ConnectionWith(string key) => new(Coordinator.Endpoints.Grpc, key) { Tls = _tls };

    private async Task<ClusterTask[]> TasksAsync(string jobName, CancellationToken cancellationToken)
        => [.. (await Client.ListTasksAsync(cancellationToken)).Where(task => task.JobName == jobName)];

    private Task<bool> UntilHealthyAsync(ServiceProcess process, CancellationToken cancellationToken) => Poll.UntilAsync(
        $"{process.Instance} can do its work", () => IsHealthyAsync(process, cancellationToken), healthy => healthy, Limit, cancellationToken);

    private async Task<bool> IsHealthyAsync(ServiceProcess worker, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(worker.Endpoints.Http, "/health"));
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
