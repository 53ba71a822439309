using Cluster.Client.State;

namespace Cluster.LocalHosting.Running;

/// <summary>Keeps the state file in step with the cluster from the moment everything is up until the end.</summary>
internal sealed class StatePublisher(string path) : IDisposable
{
    private readonly Lock _gate = new();
    private Func<ClusterState>? _state;
    private bool _ended;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Writes the state for the first time.</summary>
    public void Publish(Func<ClusterState> state)
    {
        lock (_gate)
            _state = state;
        Refresh();
    }

    /// <summary>Writes the state again; does nothing before the first time and after the end.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (_state is not null && !_ended)
                ClusterStateFile.Write(Path, _state());
        }
    }

    /// <summary>Removes the file: a cluster that is stopping takes nothing more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_state is not null && !_ended)
                File.Delete(Path);
            _ended = true;
        }
    }
}
