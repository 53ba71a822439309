namespace Cluster.Fuzz.Runs;

/// <summary>Exceptions of tasks that nobody looked at; told when the garbage collector finds them, so perhaps some inputs later.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private volatile string? _first;

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Note;

    /// <summary>What was found since the last call; null for nothing.</summary>
    public string? Take()
    {
        string? found = _first;
        if (found is not null) _first = null;
        return found;
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved) => _first = $"nobody looked at (perhaps of an input before): {unobserved.Exception}";
}
