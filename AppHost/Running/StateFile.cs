using Cluster.AppHost.CommandLine;
using Cluster.Client.State;
using Microsoft.Extensions.Hosting;

namespace Cluster.AppHost.Running;

/// <summary>Writes the state file, by which the cluster command finds this cluster, once all of it is up, and again when a process changes;
/// removes it at the end.</summary>
internal sealed class StateFile(
    AppHostOptions options, DistributedApplicationModel model, ClusterWatch watch, IHostApplicationLifetime lifetime, TimeProvider time)
    : RunModeSubscriber(lifetime)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    // By process: the last process id, and how many there have been.
    private readonly Dictionary<string, (int Pid, int Starts)> _starts = [];

    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the file is there, or cannot be.</summary>
    public Task Written => _written.Task;

    public string Path { get; } = options.StateFile ?? ClusterStateFile.DefaultPath(Environment.ProcessId);

    protected override async Task RunAsync(CancellationToken stopping)
    {
        ClusterState? written = null;
        try
        {
            await foreach (var replicas in watch.WatchAsync(stopping))
            {
                if (written is null && !replicas.All(replica => replica.IsUp || replica.HasFailed)) continue;
                var state = await StateAsync(replicas, stopping);
                if (written is not null && written.Resources.Zip(state.Resources).All(pair => Same(pair.First, pair.Second))) continue;
                ClusterStateFile.Write(Path, written = state);
                _written.TrySetResult();
            }
        }
        finally
        {
            // Nobody waits for a file that cannot be written.
            _written.TrySetResult();
            // A cluster that is stopping takes nothing more.
            if (written is not null) File.Delete(Path);
        }
    }

    private async Task<ClusterState> StateAsync(IReadOnlyList<ReplicaView> replicas, CancellationToken cancellationToken)
    {
        var key = model.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == "cluster-key");
        var strings = new Dictionary<string, string>();
        foreach (var server in model.Resources.OfType<IResourceWithConnectionString>().Where(server => server is not ParameterResource))
            strings[server.Name] = await server.GetConnectionStringAsync(cancellationToken) ?? "";
        return new ClusterState
        {
            Key = await key.GetValueAsync(cancellationToken) ?? "",
            Coordinator = Endpoints(replicas.First(replica => replica.Resource.Name == "coordinator"))["grpc"],
            StartedAt = _startedAt,
            RunnerPid = Environment.ProcessId,
            Resources = [.. replicas.Select(Describe)],
            ConnectionStrings = strings,
        };
    }

    private ClusterResource Describe(ReplicaView replica)
    {
        var (pid, starts) = _starts.GetValueOrDefault(replica.Id);
        if (replica.Pid != 0 && replica.Pid != pid) _starts[replica.Id] = (replica.Pid, ++starts);
        return new ClusterResource(replica.Resource.Name, replica.Id, replica.Pid, Endpoints(replica), Math.Max(0, starts - 1));
    }

    private static Dictionary<string, string> Endpoints(ReplicaView replica) => (replica.Snapshot?.Urls ?? [])
        .Where(url => url.Name is not null)
        .DistinctBy(url => url.Name)
        .ToDictionary(url => url.Name!, url => url.Url);

    private static bool Same(ClusterResource one, ClusterResource other)
        => (one.Instance, one.Pid, one.Restarts) == (other.Instance, other.Pid, other.Restarts);
}
