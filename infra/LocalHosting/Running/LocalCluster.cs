using Cluster.Client.State;

namespace Cluster.LocalHosting.Running;

/// <summary>All children of a model: starts them in the order that the model asks for, and stops them in reverse.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly IReadOnlyList<Resource> _resources;
    private readonly LocalRunnerOptions _options;
    private readonly List<Supervisor> _supervisors = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private Task _running = Task.CompletedTask;

    public LocalCluster(IReadOnlyList<Resource> resources, LocalRunnerOptions options, RunnerOutput output, Action changed)
    {
        _resources = resources;
        _options = options;
        var ports = new EndpointPorts(resources) { Moved = RecycleDependents };
        foreach (var child in resources.SelectMany(resource => Children(resource, ports, output)))
            _supervisors.Add(new Supervisor(child, new RestartBackoff(TimeProvider.System, Random.Shared), output.Say, changed));
    }

    /// <summary>Names of all replicas of a model.</summary>
    public static IEnumerable<string> Instances(IEnumerable<Resource> resources) => resources.SelectMany(resource => resource switch
    {
        ProcessResource process => Enumerable.Range(0, process.Replicas).Select(process.Instance),
        ServerResource server => [server.Name],
        _ => Enumerable.Empty<string>(),
    });

    /// <summary>Starts everything; returns when everything is up.</summary>
    /// <exception cref="LocalHostingException">Something did not come up; what came up is still to be stopped.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_supervisors.Select(supervisor => supervisor.RunAsync(Dependencies(supervisor), _stopping.Token)));
        var everythingUp = WhenAllUpAsync([.. _supervisors.Select(supervisor => supervisor.Up)]);
        try
        {
            await everythingUp.WaitAsync(_options.StartTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var missing = _supervisors.Where(supervisor => !supervisor.Up.IsCompleted).Select(supervisor => supervisor.Child.Instance);
            throw new LocalHostingException(
                $"not up within {_options.StartTimeout.TotalSeconds} s: {string.Join(", ", missing)}");
        }
    }

    /// <summary>Stops the services, then the servers; kills what does not end in time.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await StopAllAsync(child => child.Resource is ProcessResource, _options.DrainTimeout).ConfigureAwait(false);
        await StopAllAsync(child => child.Resource is ServerResource, _options.ServerStopTimeout).ConfigureAwait(false);
        _stopping.Dispose();
    }

    public ClusterState State() => new()
    {
        Key = _resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Secret)?.Value ?? "",
        Coordinator = _supervisors.Select(s => s.Child.Endpoints.GetValueOrDefault("grpc")).FirstOrDefault(address => address is not null) ?? "",
        StartedAt = _startedAt,
        RunnerPid = Environment.ProcessId,
        Resources = [.. _supervisors.Select(s => new ClusterResource(s.Child.Resource.Name, s.Child.Instance, s.Pid, s.Child.Endpoints, s.Restarts))],
        ConnectionStrings = _supervisors.Select(s => s.Child).OfType<SupervisedServer>()
            .ToDictionary(server => server.Instance, server => server.ConnectionString),
    };

    private IEnumerable<Supervised> Children(Resource resource, EndpointPorts ports, RunnerOutput output)
    {
        if (resource is ServerResource server)
            return [new SupervisedServer(server, output.For(server.Name, Color(server)))];
        if (resource is not ProcessResource process)
            return [];
        return Enumerable.Range(0, process.Replicas).Select(ordinal =>
            new SupervisedService(process, ordinal, ports, ConnectionString, output.For(process.Instance(ordinal), Color(process) + ordinal)));
    }

    private void RecycleDependents(ProcessResource moved)
    {
        foreach (var supervisor in _supervisors)
        {
            if (supervisor.Child.Resource is ProcessResource process && process.References.Contains(moved))
                supervisor.Recycle();
        }
    }

    private int Color(Resource resource) => _resources.TakeWhile(other => other != resource).Count();

    private string ConnectionString(ServerResource server) =>
        _supervisors.Select(supervisor => supervisor.Child).OfType<SupervisedServer>().Single(s => s.Resource == server).ConnectionString;

    // A connection string is known once its server is up, so a reference to a server is a dependency too.
    private Task Dependencies(Supervisor supervisor) => supervisor.Child.Resource is ProcessResource process
        ? WhenAllUpAsync([.. _supervisors
            .Where(other => process.WaitsFor.Contains(other.Child.Resource)
                || (other.Child.Resource is ServerResource && process.References.Contains(other.Child.Resource)))
            .Select(other => other.Up)])
        : Task.CompletedTask;

    /// <summary>Unlike <see cref="Task.WhenAll(Task[])"/>, fails with the first one that fails.</summary>
    private static async Task WhenAllUpAsync(IReadOnlyList<Task> tasks)
    {
        await foreach (var task in Task.WhenEach(tasks).ConfigureAwait(false))
            await task.ConfigureAwait(false);
    }

    private Task StopAllAsync(Func<Supervised, bool> selected, TimeSpan grace) =>
        Task.WhenAll(_supervisors.Where(supervisor => selected(supervisor.Child)).Select(supervisor => supervisor.StopAsync(grace)));
}
